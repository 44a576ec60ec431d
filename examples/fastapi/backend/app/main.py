"""A notebook behind FastAPI: notes come and go under /api/notes, /health tells how the parts feel."""

from typing import Any

from fastapi import FastAPI, HTTPException
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel, Field

from .health import check_health
from .notes import Note, Notebook, NotebookFull


class NewNote(BaseModel):
    text: str = Field(min_length=1, max_length=200)


app = FastAPI(title="Notes")
# The page comes from Vite's port, so the browser asks for leave to read the answers.
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])

notebook = Notebook()
notebook.add("devdeck started this server")


@app.get("/health")
async def health() -> dict[str, Any]:
    return await check_health(notebook)


@app.get("/api/notes")
async def list_notes() -> list[Note]:
    return notebook.all()


@app.post("/api/notes", status_code=201)
async def add_note(note: NewNote) -> Note:
    try:
        return notebook.add(note.text)
    except NotebookFull as error:
        raise HTTPException(409, str(error)) from error


@app.delete("/api/notes/{note_id}")
async def strike_out(note_id: int) -> Note:
    note = notebook.strike_out(note_id)
    if note is None:
        raise HTTPException(404, f"there is no note {note_id}")
    return note
