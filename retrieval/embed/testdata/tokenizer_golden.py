"""Make the golden files of tokenizer_test.go with the tokenizers library.

    pip install tokenizers==0.23.3
    python tokenizer_golden.py                        # remakes the golden files
    python tokenizer_golden.py texts.txt > other.jsonl   # the same for other texts, one a line
    python tokenizer_golden.py --random 20000 > other.jsonl
    go test ./retrieval/embed -run TestTokenizerGolden -golden /path/to/other.jsonl

tokenizer.golden.jsonl: {"text", "ids"} and "limit" where it is not 512.
tokenizer_runes.golden: for every 4,096 code points (without surrogates) the
first of them and the CRC-32 of the ids of "a" + c + "b", each text's ids in
decimal, joined by spaces and ended by a newline.
"""

import argparse
import json
import pathlib
import random
import sys
import zlib

import tokenizers

HERE = pathlib.Path(__file__).parent
VOCAB = HERE.parent / "model" / "vocab.txt"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def oracle():
    """The pipeline of the tokenizer.json of all-MiniLM-L6-v2."""
    ids = {token: i for i, token in enumerate(VOCAB.read_text(encoding="utf-8").split("\n")[:-1])}
    t = tokenizers.Tokenizer(tokenizers.models.WordPiece(ids, unk_token="[UNK]", max_input_chars_per_word=100))
    t.normalizer = tokenizers.normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True
    )
    t.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    t.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[(s, ids[s]) for s in ("[CLS]", "[SEP]")]
    )
    t.add_special_tokens([tokenizers.AddedToken(s, special=True, normalized=False) for s in SPECIAL])
    return t


ORACLE = oracle()


def encode(text, limit=512):
    ORACLE.enable_truncation(limit)
    return ORACLE.encode(text).ids


def case(text, limit=512):
    row = {"text": text, "ids": encode(text, limit)}
    if limit != 512:
        row["limit"] = limit
    return json.dumps(row)  # ASCII only: invisible characters stay visible


def hard():
    """Texts that tokenizers get wrong, each with its limit of ids."""
    texts = []
    # Empty, white space of every kind, control characters.
    texts += ["", " ", "\n", "\t\r\n  ", "\u00a0", "\u2028\u2029", "a b", "a  b", "a\tb\nc\rd", "a\vb\fc", "a\u0085b"]
    texts += [f"left{c}right" for c in "\u00a0\u1680\u2000\u2003\u2007\u2009\u200a\u2028\u2029\u202f\u205f\u3000"]
    texts += [f"left{c}right" for c in "\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u2069\ufeff\u00ad\u180e\u061c"]
    texts += [f"left{c}right" for c in "\x00\x01\x07\x08\x1b\x1f\x7f\x80\x9f\ufffd\ufffc\ufff9\ue000\uf8ff\U000f0000\U0010fffd"]
    texts += [f"left{c}right" for c in "\u0378\u0b50\ufdd0\uffff\U0001fffe\U000e0001\U000e0041\U000e0100\ufe0f\ufe00"]
    texts += ["\x00", "\x00\x00 \x00", "\u200b", "\ufeffThe summit", "co\u00adoperation", "zero\u200bwidth\u200bspaces", "\x1b[31mred\x1b[0m"]
    # Accents, precomposed and combining, and letters that only look accented.
    texts += ["café", "cafe\u0301", "naïve résumé façade", "Ångström ÅNGSTRÖM A\u030angstro\u0308m", "Dvořák Škoda Łódź Gdańsk",
              "Erdoğan İstanbul ISPARTA ısı", "İ", "i\u0307", "ẞ ß STRASSE Straße", "Ǆ ǅ ǆ Ǉ ǈ ǉ Ǌ ǋ ǌ Ǳ ǲ ǳ", "Ørsted Æsir œuvre ŒUVRE þorn ðis ŋ",
              "Nguyễn Phú Trọng", "Hồ Chí Minh", "ﬁnance ﬂood oﬃce ﬀ ﬆ", "ŉ ǰ ΐ ΰ և ẖ", "e\u0301\u0302\u0303\u0327\u0328", "\u0301", "\u0301a", " \u0301 ", "a\u0315\u0300\u05ae\u0062",
              "Z" + "\u0301" * 40 + "algo", "q\u0307\u0323", "\u1e69 \u1e0b\u0323", "ñ n\u0303 Ñ N\u0303", "\u212b \u00c5 \u212a K \u2126 \u03a9", "ſ ſtop", "ª º ² ³ ¹ ¼ ½ ¾", "µ μ"]
    # Greek, Cyrillic and their neighbours.
    texts += ["ΟΔΥΣΣΕΥΣ Οδυσσεύς ς σ Σ", "ΆΈΉΊΌΎΏ άέήίόύώ ϊϋ", "ᾳ ᾼ ῼ ᾈ", "Київ Україна Зеленський", "Її Єє Ґґ Йй Ёё", "И\u0306 и\u0306 й", "Путин: «мы готовы»", "Срочно — Киев, 24.02.2022",
              "Հայաստան ԵՐԵՎԱՆ", "საქართველო Ⴀ Ა", "Ѐ ѐ Ѝ ѝ Ѵ Ѷ", "Ꙁ ꙁ \u0483\u0484", "Ⅷ ⅷ Ⓐ ⓐ Ａ ａ"]
    # Scripts with marks, joiners or no spaces.
    texts += ["中文维基百科", "北京2022年冬奥会", "日本語のテキスト", "カタカナ ﾊﾝｶｸ ﾞ", "が か\u3099 ガ", "한국어 문장입니다", "대한민국 서울", "\u1112\u1161\u11ab", "가각갛힣", "한a국", "\u1100 ㄱ ㅏ",
              "漢字kanji漢字", "𠀀𪛖𫜴𫝀𫠝𬺡𰀀𱍊", "㐀㐁䶵", "\uf900\uf901\uf902", "\U0002f800\U0002fa1d", "⼀⼁⺀", "〇〆々", "ไทยแลนด์", "กำลัง", "ສະບາຍດີ", "မြန်မာ", "ខ្មែរ", "हिन्दी नमस्ते", "\u0958 \u0959 \u0915\u093c", "বাংলা", "தமிழ்", "తెలుగు", "ಕನ್ನಡ", "മലയാളം", "සිංහල", "བོད་ཡིག", "ქართული",
              "السلام عليكم", "مُحَمَّد", "لا إله", "ﷺ ﷲ ﻻ", "آ أ إ ا\u0653", "فارسی می\u200cخواهم", "تهران ۱۴۰۱", "پاکستان گ چ", "٠١٢٣٤٥٦٧٨٩ ۰۱۲۳ ०१२", "שָׁלוֹם ירושלים", "ﬡ שׁ", "አማርኛ ።", "ᠮᠣᠩᠭᠣᠯ", "ⲁⲃⲅ", "Ⴙ ꭰ Ꭰ", "𐐀𐐨 𐤀 𝔸𝕓𝐜 𝟘", "ꙮ"]
    # Emoji, symbols, punctuation.
    texts += ["😀", "I ❤️ NY ❤", "👨\u200d👩\u200d👧\u200d👦 family", "🇺🇦 🇷🇺 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", "👍🏽👍", "1️⃣ #️⃣ ©️ ™", "fire🔥fire", "☢️☣️⚠️", "🫠🫡 🩷",
              "“curly” ‘quotes’ „low“ ‚x‘ «guillemets» ‹y›", "it's it’s it`s it´s", "don't DON’T", "rock 'n' roll", "em—dash en–dash hy-phen non‑breaking − minus", "ellipsis… dots...", "!?¡¿‽ ⁇⁈", "§ ¶ † ‡ • · ‰ ′ ″",
              "€100 £20 ¥3 ₴500 ₽7 ₿1 ¢5 $4", "a+b=c a<b>c a|b a~b a^b a`b", "x≠y x≮y x≯y =\u0338", "±×÷∞∑√∂∫≈≤≥", "←↑→↓⇒", "©®™℠№℡", "50% 3‰ 20°C 5′", "。，、；：？！「」『』（）［］｛｝", "﹏﹐﹑﹔", "؟ ، ؛ ٪", "। ॥", "׃ ־", "ʼ ʻ ˈ ˋ", "᠀ ᠁ ᙭ 𑇉",
              "\u061d \u2e43 \u2e5d \u09fd \U00011fff", "\u08e1 \u1ac0 \u0afa a\u0afab", "a\u1734b a\u1885b a\ua9bdb a\u111c9b", "__init__", "#hashtag @user", "(a)[b]{c}<d>", "C++ C# .NET F-16 MiG-29", "##ing ##", "a##b", "''", "\"\"", "---", "* * *", "\\n \\u0041", "“", "`", "\u1fef \u037e \u0387 \u2329 \u232a \u2126"]
    # Long words and the limit of 100 characters.
    texts += ["a" * n for n in (50, 99, 100, 101, 200, 1000)] + ["é" * 100, "é" * 101, "e\u0301" * 100, "한" * 33, "한" * 34, "д" * 100 + " " + "д" * 101, "\u0301" * 500 + "a", "x" * 100 + "\u200b" + "y", "a" * 100 + "-" + "b" * 101, "😀" * 100, "😀" * 101,
              "pneumonoultramicroscopicsilicovolcanoconiosis", "Donaudampfschifffahrtsgesellschaftskapitän", "antidisestablishmentarianism counterrevolutionaries", "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz", "asdfghjklqwertyuiop", "xzqj" * 20]
    # Special tokens written out.
    texts += SPECIAL + ["[sep]", "[ SEP ]", "[SEP", "SEP]", "[[SEP]]", "a[SEP]b", "word [MASK] word", "[CLS] ignore [SEP] this [PAD]", "[SEP][SEP][CLS]", "[UNK]known", "[Mask]", "[S\u200bEP]", "[SE\u0301P]", "［SEP］", "[unused1] [unused99]", "[SEP]\u0301", "über[SEP]\u0308u", "[MASK].", "x" * 60 + "[SEP]" + "x" * 60, "[MASK][MASK", "[PAD] [PAD]", "<s> </s> <unk> <|endoftext|>"]
    # Numbers, dates, addresses.
    texts += ["1,234.56", "1 234 567", "1\u202f234\u00a0567", "3.14159e-10", "0x1F 0b101", "24 February 2022", "2022-02-24T03:40:00Z", "175,000 troops", "Feb. 24", "+38 (044) 123-45-67", "10:30", "1/2", "IV XII", "1st 2nd 3rd 4th", "x² H₂O CO₂", "№5",
              "https://www.example.org/news/2021-12-02?id=1&q=a%20b#top", "www.example.com", "user.name+tag@example.co.uk", "C:\\Users\\x", "/usr/bin", "192.168.0.1 2001:db8::1", "xn--80ak6aa92e.com", "президент.рф"]
    # Prose.
    texts += ["The quick brown fox jumps over the lazy dog.", "Russia has massed about 175,000 troops near Ukraine’s border, U.S. officials said on Friday.", "U.S.-Russia talks; NATO's Stoltenberg: \"no veto\"",
              "Represent this sentence for searching relevant passages: who closed the airspace?", "MOSCOW (Reuters) — The Kremlin…", "UNAFFABLE unaffable Unwanted running", "mRNA iPhone eBay McDonald O'Neill", "hello" + "\n" * 20 + "world", "Lviv/Lwów/Lemberg", "Volodymyr Zelenskyy's", "sanctions—“massive”—loom", "re-\ninvade", "tYpO mIxEd CaSe"]
    cases = [(t, 512) for t in texts]
    # Truncation: in a word, in a special token, to the two marks alone.
    long = "Counterrevolutionaries demilitarised Zaporizhzhia [SEP] and pneumonoultramicroscopic. " * 3
    cases += [(long, n) for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 16, 20, 40)] + [("word " * 600, 512), ("", 2), ("a", 2), ("a", 3), ("a b", 3), ("[SEP] a", 3), ("ж" * 101 + " b", 3), ("e" * 50 + "\u20ac", 5)]
    return cases


def noise(n, seed):
    """Random texts mixed from all of Unicode, from the vocabulary's own characters and from its pieces."""
    rnd = random.Random(seed)
    pieces = VOCAB.read_text(encoding="utf-8").split("\n")[:-1]
    known = sorted(set("".join(pieces)))
    marks = [chr(c) for c in [*range(0x300, 0x370), *range(0x200B, 0x2010), 0x20, 0x20, 0x20, 0x2D, 0x27, 0x5B, 0x5D]]

    def character():
        while True:
            c = rnd.choice((0x80, 0x800, 0x3000, 0x10000, 0x20000, 0x110000))
            c = rnd.randrange(c)
            if not 0xD800 <= c < 0xE000:
                return chr(c)

    draws = (character, lambda: rnd.choice(known), lambda: rnd.choice(pieces).removeprefix("##"), lambda: rnd.choice(marks), lambda: rnd.choice(SPECIAL))
    for _ in range(n):
        weights = [rnd.random() ** 3 for _ in draws]
        weights[-1] *= 0.1
        yield "".join(f() for f in rnd.choices(draws, weights, k=rnd.randint(1, 120)))


def runes():
    ORACLE.no_truncation()
    for first in range(0, 0x110000, 0x1000):
        texts = [f"a{chr(c)}b" for c in range(first, first + 0x1000) if not 0xD800 <= c < 0xE000]
        sums = 0
        for e in ORACLE.encode_batch(texts):
            sums = zlib.crc32((" ".join(map(str, e.ids)) + "\n").encode(), sums)
        yield f"{first:06x} {sums:08x}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", nargs="?", help="a file with one text a line")
    parser.add_argument("--random", type=int, metavar="N", help="take N random texts")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if args.random:
        sys.stdout.writelines(case(t) + "\n" for t in noise(args.random, args.seed))
    elif args.texts:
        with open(args.texts, encoding="utf-8", newline="\n") as f:
            sys.stdout.writelines(case(line.rstrip("\n")) + "\n" for line in f)
    else:
        with open(HERE / "tokenizer.golden.jsonl", "w", newline="\n") as f:
            f.writelines(case(text, limit) + "\n" for text, limit in hard())
        with open(HERE / "tokenizer_runes.golden", "w", newline="\n") as f:
            f.writelines(runes())


if __name__ == "__main__":
    main()
