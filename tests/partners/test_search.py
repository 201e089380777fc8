from hypothesis import given
from hypothesis import strategies as st

from partners.search import GAP, LONGEST_QUERY, TEXT, folded, range_of, text_keys, word_keys, words
from portal.web.folding import fold

japanese = st.text(alphabet="あいうかきくアイウｱｲｳ漢字髙高県ー-・ 　AbＣ9９①㈱\n", max_size=30)


def test_writings_of_the_same_word_fold_into_one() -> None:
    assert fold("ｶﾅｶﾞﾜ") == fold("かながわ") == fold("カナガワ")


def test_words_are_divided_by_any_space_and_named_once() -> None:
    assert words("　カナガワ  太陽 かながわ ") == ["かながわ", "太陽"]
    assert sum(map(len, words("長" * 500))) == LONGEST_QUERY


def test_a_text_has_each_pair_and_each_last_character() -> None:
    assert text_keys("東京都") == {TEXT + "東京", TEXT + "京都", TEXT + f"都{GAP}"}
    assert text_keys("") == set()


@given(texts=st.lists(japanese, max_size=3), query=japanese)
def test_whatever_is_contained_has_its_keys(texts: list[str], query: str) -> None:
    """No false negatives: if the folded text contains the word, the index holds every key that the word looks up."""
    text = folded(texts)
    keys = text_keys(text)
    for word in words(query):
        if word not in text:
            continue
        if len(word) > 1:
            assert word_keys(word) <= keys
        else:
            first, after = range_of(word)
            assert any(first <= key < after for key in keys)
