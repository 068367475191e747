"""Values for planted defects. Each is put together here, so that none stands in the repository as a whole."""
import base64
import random
import zlib

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
dice = random.Random()  # seeded for each test


def letters(n, alphabet=BASE62):
    return "".join(dice.choice(alphabet) for _ in range(n))


def github_token():
    """Its last six characters are the CRC-32 of the rest, in base 62."""
    body, tail = letters(30), ""
    crc = zlib.crc32(body.encode())
    for _ in range(6):
        tail, crc = BASE62[crc % 62] + tail, crc // 62
    return "ghp" + "_" + body + tail


def spoiled(token):
    """The same with a wrong check: any two last characters that differ, changed over."""
    return token[:-2] + token[-1] + token[-2] if token[-1] != token[-2] else token[:-1] + ("1" if token[-1] == "0" else "0")


def aws_id():
    return "AKIA" + letters(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def private_key():
    body = b"\x30\x82\x03\x80" + bytes(dice.randrange(256) for _ in range(896))
    text = base64.b64encode(body).decode()
    lines = "\n".join(text[i:i + 64] for i in range(0, len(text), 64))
    return "-----BEGIN RSA PRIVATE" + " KEY-----\n" + lines + "\n-----END RSA PRIVATE" + " KEY-----\n"


def password():
    return letters(14) + "q7#K"


def hetu(day=None, sign="-", valid=True):
    """A Finnish personal identity code; the check character is the remainder of the digits by 31."""
    digits = "%02d%02d%02d" % (day or dice.randint(1, 28), dice.randint(1, 12), dice.randint(50, 99))
    number = "%03d" % dice.randint(100, 800)
    check = int(digits + number) % 31
    return digits + sign + number + "0123456789ABCDEFHJKLMNPRSTUVWXY"[check if valid else (check + 1) % 31]


def luhn(digits):
    """The digit that makes the sum right."""
    total = sum((d * 2 - 9 if d > 4 else d * 2) if i % 2 == 0 else d for i, d in enumerate(map(int, reversed(digits))))
    return str(-total % 10)


def iban(valid=True):
    """Of Finland: the account number has a check digit of its own."""
    account = letters(13, "1357902468")
    account += luhn(account)
    number = 98 - int(account + "151800") % 97  # F = 15, I = 18
    return "FI%02d%s" % (number if valid else (number % 97) + 1, account)


def card(valid=True):
    digits = "4539" + letters(11, "1357902468")
    check = luhn(digits)
    return digits + (check if valid else str((int(check) + 1) % 10))
