"""What the tests that can run take from os; Skulpt's own os is a stub."""

name = 'posix'
