"""Counting hits, misses and false alarms."""

from collections.abc import Mapping


class Score:
    """Counts of hits, misses and false alarms."""

    def __init__(self) -> None:
        self.hit = self.missed = self.false = 0

    def row(self) -> dict[str, float | int]:
        recall = self.hit / (self.hit + self.missed) if self.hit + self.missed else 1.0
        precision = self.hit / (self.hit + self.false) if self.hit + self.false else 1.0
        f1 = 2 * recall * precision / (recall + precision) if recall + precision else 0.0
        return {"recall": round(recall, 4), "precision": round(precision, 4), "f1": round(f1, 4), "hit": self.hit, "missed": self.missed, "false": self.false}

    def line(self) -> str:
        row = self.row()
        return f"R {row['recall']:.4f}  P {row['precision']:.4f}  F1 {row['f1']:.4f}  （中 {self.hit} 漏 {self.missed} 误 {self.false}）"


def table(scores: Mapping[str, Score]) -> dict[str, dict[str, float | int]]:
    """The rows of several scores, in order of their names."""
    return {key: scores[key].row() for key in sorted(scores)}
