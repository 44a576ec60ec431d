"""The notebook: notes in memory, gone with the process."""

from dataclasses import dataclass
from itertools import count


@dataclass(frozen=True)
class Note:
    id: int
    text: str


class NotebookFull(Exception):
    pass


class Notebook:
    def __init__(self, capacity: int = 100) -> None:
        self.capacity = capacity
        self._notes: dict[int, Note] = {}
        self._ids = count(1)

    def all(self) -> list[Note]:
        return list(self._notes.values())

    def add(self, text: str) -> Note:
        if len(self._notes) >= self.capacity:
            raise NotebookFull(f"{self.capacity} notes are enough; strike one out first")
        note = Note(next(self._ids), text)
        self._notes[note.id] = note
        return note

    def strike_out(self, note_id: int) -> Note | None:
        return self._notes.pop(note_id, None)
