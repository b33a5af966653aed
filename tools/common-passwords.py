#!/usr/bin/env python3
"""Writes app/domain/common_passwords.def: passwords that guessers try first, lower case, sorted.

Nothing is copied from a list of stolen passwords. It is made by the rules by which such passwords are
made: a well-known word with a well-known tail, a word twice or thrice, two favourite words, a walk over
the keyboard, a run of one character or of digits. Only what has at least 8 characters, the least that
a password may have by configuration, is kept.

	tools/common-passwords.py > app/domain/common_passwords.def
"""
import sys

LEAST = 8
MOST = 32

WORDS = """password passwort passw0rd p@ssword p@ssw0rd pass passwd secret welcome letmein login admin administrator
root user guest test tester testing default changeme master access hello iloveyou lovely love trustno1 sunshine
princess monkey dragon football baseball basketball soccer hockey superman batman spiderman starwars pokemon
shadow michael jordan jennifer jessica ashley charlie thomas daniel andrew robert william matthew george
qwerty qwertz azerty asdf asdfgh zxcvbn abc abcd abcdef abc123 qwe qweasd qazwsx 1q2w3e4r 1qaz2wsx
winter spring summer autumn fall january february march april june july august september october november
december monday friday sunday freedom whatever cheese computer internet server database office company
warehouse inventory stock bincard storage shipping logistics forklift pallet
flower purple orange yellow silver golden diamond angel killer ninja mustang ferrari porsche mercedes
harley yankees liverpool chelsea arsenal barcelona juventus canada america london berlin paris
money business manager security system network cisco oracle mysql mariadb linux ubuntu debian windows
google facebook samsung apple nintendo jesus heaven family mother father sister brother baby
""".split()

FAVOURITES = """password welcome admin qwerty letmein secret login master hello love test user root
company warehouse summer winter spring autumn dragon monkey football iloveyou sunshine princess""".split()

TAILS = ([""] + "1 12 123 1234 12345 123456 1234567 12345678 123456789 1234567890 01 007 11 111 1111 00 000 0000 69 99 "
         "321 4321 54321 ! !! !!! 1! 12! 123! 1234! 12345! @123 @1234 #123 #1 . .. _123 -123 abc abcd".split() +
         [str(year) for year in range(2015, 2036)] + [f"{year}!" for year in range(2018, 2031)] +
         [f"@{year}" for year in range(2020, 2031)])

ROWS = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop", "yxcvbnm",
        "abcdefghijklmnopqrstuvwxyz", "0123456789", "!@#$%^&*()"]
COLUMNS = ["1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "qaz", "wsx", "edc", "rfv", "tgb",
           "1q2w", "3e4r", "5t6y", "7u8i", "q1w2", "e3r4", "t5y6"]


def with_tails():
    for word in WORDS:
        for tail in TAILS:
            yield word + tail


def repeated():
    for word in WORDS:
        yield word * 2
        yield word * 3
    for piece in ("123", "1234", "12345", "321", "12", "01", "abc", "abcd", "asd", "qwe", "xyz", "1a", "a1"):
        for times in range(2, 9):
            yield piece * times
    for character in "abcdefghijklmnopqrstuvwxyz0123456789.!*-_#@+?":
        for length in range(LEAST, MOST + 1):
            yield character * length


def pairs():
    for first in FAVOURITES:
        for second in FAVOURITES:
            yield first + second
            yield first + second + "1"
            yield first + second + "123"


def walks():
    for row in ROWS:
        for line in (row, row[::-1]):
            for start in range(len(line)):
                for length in range(LEAST, len(line) - start + 1):
                    yield line[start:start + length]
            for tail in ("1", "12", "123", "1234", "123456", "!", "!1", "1!", "123!"):
                for length in range(5, len(line) + 1):
                    yield line[:length] + tail
            for other in ROWS:
                for cut in range(3, len(line) + 1):
                    yield line[:cut] + other[:cut]
    for digits in ("1234567890", "0987654321", "0123456789", "9876543210"):
        for length in range(LEAST, MOST + 1):
            yield (digits * 4)[:length]


def columns():
    for a, first in enumerate(COLUMNS):
        for second in COLUMNS[a + 1:a + 3]:
            yield first + second
            for third in COLUMNS[a + 2:a + 4]:
                yield first + second + third
                yield first + second + third + "".join(COLUMNS[a + 3:a + 4])
        yield first * 2
        yield first * 3


def main():
    found = {text.lower() for rule in (with_tails, repeated, pairs, walks, columns) for text in rule()}
    kept = sorted(text for text in found if LEAST <= len(text) <= MOST and text.isascii())
    sys.stdout.write("/* Made by tools/common-passwords.py, which says by what rules. Sorted by bytes. */\n")
    for text in kept:
        quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?")
        sys.stdout.write(f'"{quoted}",\n')


main()
