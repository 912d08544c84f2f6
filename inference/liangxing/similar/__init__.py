"""Similar cases: the user's own cases nearest to a fact, with their penalties."""

from liangxing.similar.answers import Neighbour, SimilarAnswer
from liangxing.similar.index import SimilarCases
from liangxing.similar.judged import JudgedCase, Verdict

__all__ = ["JudgedCase", "Neighbour", "SimilarAnswer", "SimilarCases", "Verdict"]
