"""Words of a text, and how many of one text's words are in another: the text recall."""
import collections
import re
import unicodedata

LEAST = 5  # with fewer words a share says nothing
WORD = re.compile(r"[^\W_]+")
# Of dates and times, which are numbers in a sheet and words only in how they are shown.
OF_DATES = set("""am pm january february march april may june july august september october november december
jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun true false""".split())
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
# Scripts whose words are lines' and programs' own idea: cut anywhere, or joined and shaped. Their letters count one by one.
LETTER_BY_LETTER = re.compile(r"[\u0590-\u109f\u1100-\u11ff\u1780-\u17ff\u0e00-\u0fff\u2e80-\ua4cf\ua840-\uabff\uac00-\ud7ff\uf900-\ufaff\ufb1d-\ufdff\ufe70-\ufeff]"
                              r"|[\U00010800-\U00010fff\U00011000-\U00011fff\U00020000-\U0003ffff]")
BREAK = re.compile(r"(?<=[^\W\d_])[-\u2010]\s*\n\s*(?=[^\W\d_])")


def words(text, letters_only=False):
    """A list of normalised words; of some scripts, letters. With `letters_only` no numbers, which sheets show in their own way."""
    text = unicodedata.normalize("NFKD", BREAK.sub("", text).translate(INVISIBLE)).casefold()
    text = "".join(one for one in text if not unicodedata.combining(one))
    found = []
    for word in WORD.findall(text):
        if LETTER_BY_LETTER.search(word):
            found.extend(one for one in word if one.isalpha())
        elif not letters_only or word.isalpha() and len(word) > 1 and word not in OF_DATES:
            found.append(word)
    return found


def recall(reference, output):
    """The share of the reference's words that the output has as often, and the missing ones that are most frequent.

    A word that a line or a cell cuts in two counts if its letters follow one another in the output, and two words that stand close
    may have become one.
    """
    wanted, got = collections.Counter(reference), collections.Counter(output)
    missing = wanted - got
    if missing:
        stream = "".join(output)
        for word in list(missing):
            if len(word) >= 4 and got[word] + stream.count(word) >= wanted[word]:
                del missing[word]
        for before, after in zip(reference, reference[1:]):
            if (before in missing or after in missing) and got[before + after]:
                missing -= collections.Counter((before, after))
    total = sum(wanted.values())
    return (1.0 if not total else 1 - sum(missing.values()) / total), [word for word, _ in missing.most_common(8)]
