"""A shop's stock: records read from text, checked, grouped, changed and printed."""

CATEGORIES = ('tools', 'garden', 'kitchen', 'office', 'sports')


class Product:
    count = 0

    def __init__(self, name, category, price, stock):
        Product.count += 1
        self.number = Product.count
        self.name = name
        self.category = category
        self.price = price
        self.stock = stock
        self.tags = []

    def __str__(self):
        return '%s (%s): %.2f x %d' % (self.name, self.category, self.price, self.stock)

    def __lt__(self, other):
        return self.price < other.price


class Inventory:
    def __init__(self):
        self.products = {}
        self.by_category = {}
        self.log = []

    def add(self, product):
        self.products[product.name] = product
        group = self.by_category.get(product.category)
        if group is None:
            group = self.by_category[product.category] = []
        group.append(product)
        self.log.append(('added', product.name))

    def sell(self, name, many):
        product = self.products[name]
        if product.stock < many:
            raise ValueError('only %d of %s' % (product.stock, name))
        product.stock -= many
        self.log.append(('sold', name, many))

    def find(self, test):
        return [product for product in self.products.values() if test(product)]


def rows(count):
    lines = []
    for number in range(count):
        category = CATEGORIES[number % 5]
        lines.append('item%03d;%s;%d;%d' % (number, category, 3 + number * 17 % 90, number % 13))
    return '\n'.join(lines)


def parse(text):
    records = []
    for line in text.split('\n'):
        name, category, price, stock = line.split(';')
        records.append({'name': name, 'category': category, 'price': float(price), 'stock': int(stock)})
    return records


def load(records):
    inventory = Inventory()
    for one in records:
        inventory.add(Product(one['name'], one['category'], one['price'], one['stock']))
    return inventory


source = rows(130)
records = parse(source)
inventory = load(records)
failed = []
for number in range(130):
    try:
        inventory.sell('item%03d' % number, 4)
    except ValueError as error:
        failed.append(error)
for product in inventory.find(lambda one: one.price > 40):
    product.tags.append('dear')
    product.tags.append(product.category)
cheap = sorted(inventory.find(lambda one: one.price <= 40))
texts = [str(product) for product in cheap]
totals = {}
for name in CATEGORIES:
    group = inventory.by_category[name]
    totals[name] = (len(group), sum([product.price * product.stock for product in group]))
prices = [product.price for product in inventory.products.values()]
pages = [cheap[start : start + 10] for start in range(0, len(cheap), 10)]
