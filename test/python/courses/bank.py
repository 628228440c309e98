"""Accounts, a ledger of transfers, and errors that it refuses with."""


class InsufficientFunds(Exception):
    pass


class Transaction:
    def __init__(self, kind, amount, balance):
        self.kind = kind
        self.amount = amount
        self.balance = balance


class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance
        self.history = []

    def deposit(self, amount):
        self.balance += amount
        self.history.append(Transaction('deposit', amount, self.balance))

    def withdraw(self, amount):
        if amount > self.balance:
            raise InsufficientFunds(self.owner, amount)
        self.balance -= amount
        self.history.append(Transaction('withdraw', amount, self.balance))


class Savings(Account):
    def __init__(self, owner, balance=0, rate=0.02):
        super().__init__(owner, balance)
        self.rate = rate

    def add_interest(self):
        self.deposit(self.balance * self.rate)


class Bank:
    def __init__(self, name):
        self.name = name
        self.accounts = {}
        self.refused = []

    def open(self, account):
        self.accounts[account.owner] = account
        return account

    def transfer(self, source, target, amount):
        try:
            self.accounts[source].withdraw(amount)
            self.accounts[target].deposit(amount)
        except InsufficientFunds as error:
            self.refused.append((source, target, str(error)))

    def statement(self, owner):
        account = self.accounts[owner]
        return ['%s: %.2f -> %.2f' % (one.kind, one.amount, one.balance) for one in account.history]


bank = Bank('First')
names = ['customer%d' % number for number in range(60)]
for number, name in enumerate(names):
    if number % 3 == 0:
        bank.open(Savings(name, 1000 + number, 0.03))
    else:
        bank.open(Account(name, 100 * number))
for round_number in range(8):
    for number in range(59):
        bank.transfer(names[number], names[number + 1], 300 + 7 * number)
for account in bank.accounts.values():
    if isinstance(account, Savings):
        account.add_interest()
statements = {name: bank.statement(name) for name in names[:20]}
totals = [(name, bank.accounts[name].balance) for name in names]
rich = [account for account in bank.accounts.values() if account.balance > 900]
summary = {'accounts': len(bank.accounts), 'refused': len(bank.refused), 'rich': len(rich)}
