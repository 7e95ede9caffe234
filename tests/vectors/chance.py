#!/usr/bin/env python3
"""Makes `chance.json`: what a seed gives, told without any of precall's code or libraries.

    python tests/vectors/chance.py > tests/vectors/chance.json

A change of this file's output is another random generator: see `GENERATOR` in `crates/netem/src/rng.rs`.
"""

import hashlib
import json
import struct

GENERATOR = "chacha8-1"
MASK = 0xFFFFFFFF


def key(seed, purpose):
    names = b"".join(name.encode() + b"\0" for name in (GENERATOR, purpose))
    return hashlib.sha256(names + struct.pack("<Q", seed)).digest()


def part(seed, *purposes):
    for purpose in purposes:
        seed = struct.unpack("<Q", key(seed, purpose)[:8])[0]
    return seed


def block(secret, counter, rounds=8):
    """A block of ChaCha with a counter of 64 bits and a nonce of zeros."""
    start = [*struct.unpack("<4I", b"expand 32-byte k"), *struct.unpack("<8I", secret)]
    start += [counter & MASK, counter >> 32, 0, 0]
    state = list(start)

    def add_xor_rotate(a, b, d, bits):
        state[a] = (state[a] + state[b]) & MASK
        mixed = state[d] ^ state[a]
        state[d] = ((mixed << bits) | (mixed >> (32 - bits))) & MASK

    def quarter(a, b, c, d):
        add_xor_rotate(a, b, d, 16)
        add_xor_rotate(c, d, b, 12)
        add_xor_rotate(a, b, d, 8)
        add_xor_rotate(c, d, b, 7)

    for _ in range(rounds // 2):
        for column in range(4):
            quarter(column, 4 + column, 8 + column, 12 + column)
        for column in range(4):
            quarter(column, 4 + (column + 1) % 4, 8 + (column + 2) % 4, 12 + (column + 3) % 4)
    return struct.pack("<16I", *((a + b) & MASK for a, b in zip(state, start)))


# RFC 8439, section 2.3.2, has 20 rounds and other numbers; of ChaCha20 with a key and a nonce of zeros it has appendix A.1, test 1.
assert block(bytes(32), 0, 20).hex().startswith("76b8e0ada0f13d90405d6ae55386bd28")


def words(seed, purpose):
    secret, counter = key(seed, purpose), 0
    while True:
        yield from struct.unpack("<8Q", block(secret, counter))
        counter += 1


def share(word):
    return (word >> 11) / 2**53


def below(draws, bound):
    while True:
        product = next(draws) * bound
        if product % 2**64 >= 2**64 % bound:
            return product >> 64


def draws(seed, purpose):
    take = lambda count: [next(stream) for stream in [words(seed, purpose)] for _ in range(count)]
    bounds = [1, 2, 3, 6, 10, 4099, 2**32 + 1, 2**63 + 1, 2**63 + 1, 2**63 + 1, 2**64 - 1, 5]
    stream = words(seed, purpose)
    return {
        "seed": seed,
        "purpose": purpose,
        "part": part(seed, purpose),
        "bits": take(9),
        "shares": [share(word) for word in take(9)],
        "below": [[bound, below(stream, bound)] for bound in bounds],
    }


def fates(seed, loss=0.0, p=0.0, r=1.0, duplicate=0.0, reorder=0.0, correlation=0.0, count=40):
    """Packet for packet: lost at random, lost in a burst, or whether it comes twice, whether it is held, and its jitter."""
    stream, bad, deviation, found = words(seed, "packets"), False, 0.0, []
    for _ in range(count):
        lost, turn, hit, twice, held, stays, drawn, _ = (share(next(stream)) for _ in range(8))
        if stays >= correlation:
            deviation = drawn * 2 - 1
        bad ^= turn < (r if bad else p)
        if bad and hit < 1.0:
            found.append("burst")
        elif lost < loss:
            found.append("lost")
        else:
            found.append([twice < duplicate, held < reorder, deviation])
    return found


def sign_flip(differences, seed, count=20_000):
    """Fisher's test with drawn signs: a bit for each of up to 64 differences, the lowest first."""
    stream, as_far = words(seed, "signs"), 0
    for _ in range(count):
        bits = next(stream)
        drawn = sum(-value if bits >> index & 1 else value for index, value in enumerate(differences))
        as_far += abs(drawn) >= abs(sum(differences))
    return {"differences": differences, "p": (as_far + 1) / (count + 1)}


SEED = 1
result = {
    "generator": GENERATOR,
    "draws": [
        draws(seed, purpose)
        for seed in (0, SEED, 2**64 - 1)
        for purpose in ("packets", "signs", "film", "speech", "test")
    ],
    # Datagrams at a loss of 20 %, bursts (p 10 %, r 30 %), 10 % twice, 10 % held back, jitter that is correlated by 50 %.
    "datagrams": {
        way: fates(part(SEED, way), loss=0.2, p=0.1, r=0.3, duplicate=0.1, reorder=0.1, correlation=0.5)
        for way in ("up", "down")
    },
    # Which SYNs and SYN-ACKs arrive at a loss of 50 %.
    "handshakes": {
        way: [fate != "lost" for fate in fates(part(SEED, "handshakes", way), loss=0.5)] for way in ("up", "down")
    },
    # The jitter of segments, as a share of the largest.
    "streams": {way: [fate[2] for fate in fates(part(SEED, "streams", way), count=8)] for way in ("up", "down")},
    "signs": sign_flip([index * 7 % 11 - 4 for index in range(30)], SEED),
    # What signalling has for a seed.
    "signalling": part(SEED, "signalling"),
}
print(json.dumps(result, indent=1))
