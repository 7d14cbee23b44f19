"""Thresholds and weights of retrieval: everything that can be tuned, in one place.

Each number was chosen for what it adds on the question sets; ``tests/benchmarks/retrieval.py``
prints the figures with and without each part.
"""

from dataclasses import dataclass

MAX_QUERY_LENGTH = 300
"""Characters of a question that are read; the rest cannot make it clearer."""

MAX_MATCHES = 3
"""Passages that an answer holds at most: the best one and those a reader can turn to."""

MAX_UNSURE_MATCHES = 2
"""Passages shown as the closest ones if none is surely the answer."""

MAX_CANDIDATE_ARTICLES = 8
"""Articles of a large corpus whose passages are ranked."""

MAX_NEAREST_ARTICLES = 4
"""Articles that are ranked beside these because a sentence of theirs is near to the question. With
eight, no other article was chosen for any of 3,000 questions."""


@dataclass(frozen=True)
class RetrievalParams:
    """The numbers of retrieval.

    Attributes:
        ngram_size: Characters of an n-gram. Unrelated words share too many 3-grams, and one
            typing error breaks too many 5-grams.
        bigram_prefix: Letters of each word in a bigram, so that word endings matter little.
        query_bigram_weight: Weight of a bigram in a question, compared with a word. Word order
            helps, but most of a question's bigrams are its own.
        function_word_weight: Weight of a function word in a question, compared with another word.
            Published lists are generous ("member", "states", "work"), so no word is dropped.
        number_weight: Weight of a number in a question, compared with a word: a year or an amount
            is rarely mentioned by chance.
        context_weight: Weight of a word of the question before, compared with one of the question
            that it completes.
        corrects_spelling: Whether misspelled words are replaced by the article's.
        min_correctable_length: Letters of the shortest word that is corrected; shorter words have
            too many neighbours.
        min_passage_tokens: Tokens that a passage is taken to have at least, about two lines. A
            caption or a single line is short for the sake of the layout; BM25+ would take each of
            its words for what it is all about.
        sentence_weight: Weight of the best sentence's IDF weight beside the passage's BM25+ score.
        standfirst_boost: Factor on the standfirst's score, because it sums up the article.
        answer_type_boost: What a sentence gains by holding the type of answer that is asked for,
            as a share of the best sentence's IDF weight.
        pronoun_weight: What a sentence that begins with a pronoun gains from the sentence before
            it, as a share of that one's IDF weight.
        bigram_weight: Further factor on bigrams in the confidence.
        answer_threshold: Confidence (0 to 1) from which a passage counts as the answer, in an
            article of 5 passages. At 0.29, one of 25 questions about something else is taken for
            answered.
        unsure_threshold: Confidence (0 to 1) from which a passage is shown as the closest one.
        names_margin: What is added to answer_threshold in a language whose general words are not
            known, so that names cannot be told from what is asked about them.
        names_threshold: Confidence (0 to 1) from which a passage that holds nothing of the question
            but names is shown as the closest one.
        many_passages: What is added to both thresholds for an article of 13.6 passages (5 times
            e), and so on with the logarithm of their number. With an encoder, as much is added to
            answer_threshold for 2.7 articles, and so on with the logarithm of their number.
        min_score_ratio: The least score of a further match, as a share of the best one's.
        title_boost: What a token adds to an article's score by standing in headline or
            standfirst, as a multiple of what it adds by standing in the text.
        article_weight: Weight of an article's score beside its best passage's confidence.
        semantic_weight: Weight of a passage's similarity to the question beside its BM25+ score.
            Between 15 and 45 little changes.
        other_language_weight: The same where the question is in another language than the article,
            which shares words only by chance, and names.
        passage_share: Weight of a whole passage's similarity beside that of its best sentence.
        sentence_similarity_weight: Weight of a sentence's similarity beside its IDF weight, where
            one sentence of a passage is marked.
        word_share: Weight of the words that a passage holds in the confidence, with an encoder.
        similarity_share: Weight of a passage's similarity in it. With the one before, one of 25
            questions about something else reaches answer_threshold, as without an encoder.
        other_language_share: The same where the question is in another language than the article,
            and words count for nothing.
        words_alone_share: Weight of the words where they say more than both together: misspelled
            questions are like nothing.
        content_similarity: Similarity from which a sentence says what a question asks apart from
            its names, though it holds none of its words. Of questions that a name's article
            does not answer, 1 % reach it.
        other_language_content: The same in another language, where similarities are lower. Of
            questions that a name's article does not answer, up to 8 % reach it.
        other_language_names: By how much a passage may be nearer to a question in another language
            without one of its names, and still be about that name. Above it are three of five
            questions in which a name was exchanged for another, and one of thirty others.
        other_language_margin: By how much the best sentence of an article in another language than
            the question must be more similar to it than that of the best one in the question's.
        other_language_claim_margin: The same for its passage to count as the answer. With both,
            most questions find their article and no more are falsely answered than with articles
            in one language.
        article_similarity_weight: Weight of an article's similarity beside its best passage's
            confidence.
        other_language_article_weight: As article_weight for an article in another language than the
            question, which shares words with it by chance.
    """

    ngram_size: int = 4
    bigram_prefix: int = 4
    query_bigram_weight: float = 0.6
    function_word_weight: float = 0.42
    number_weight: float = 2.0
    context_weight: float = 0.3
    corrects_spelling: bool = True
    min_correctable_length: int = 5
    min_passage_tokens: int = 200
    sentence_weight: float = 0.6
    standfirst_boost: float = 1.08
    answer_type_boost: float = 0.3
    pronoun_weight: float = 0.3
    bigram_weight: float = 0.4
    answer_threshold: float = 0.28
    unsure_threshold: float = 0.22
    names_margin: float = 0.03
    names_threshold: float = 0.7
    many_passages: float = 0.03
    min_score_ratio: float = 0.6
    title_boost: float = 1.0
    article_weight: float = 2.0
    semantic_weight: float = 15.0
    other_language_weight: float = 40.0
    passage_share: float = 0.25
    sentence_similarity_weight: float = 4.0
    word_share: float = 0.39
    similarity_share: float = 0.2
    words_alone_share: float = 0.6
    other_language_share: float = 0.36
    content_similarity: float = 1.0
    other_language_content: float = 0.5
    other_language_names: float = 0.1
    other_language_margin: float = 0.2
    other_language_claim_margin: float = 0.4
    article_similarity_weight: float = 0.2
    other_language_article_weight: float = 0.5


DEFAULT_PARAMS = RetrievalParams()
