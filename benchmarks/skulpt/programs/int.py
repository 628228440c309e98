def work(n):
    total = 0
    for i in range(n):
        total = (total * 37 + i) % 999983
        if total & 3 == 0:
            total += i
    return total
result = work(300000)
