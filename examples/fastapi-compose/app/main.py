"""A notebook behind FastAPI that keeps its notes in PostgreSQL."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from fastapi import FastAPI
from psycopg2.extensions import cursor
from pydantic import BaseModel, Field


class Note(BaseModel):
    text: str = Field(min_length=1, max_length=200)


@contextmanager
def database() -> Iterator[cursor]:
    connection = psycopg2.connect(os.environ["DATABASE_URL"], connect_timeout=2)
    try:
        with connection, connection.cursor() as query:
            yield query
    finally:
        connection.close()


# Once for each process: it is ready when this is done.
with database() as query:
    query.execute("CREATE TABLE IF NOT EXISTS notes (id serial PRIMARY KEY, text text NOT NULL)")

app = FastAPI(title="Notes")


@app.get("/health")
def health() -> dict[str, Any]:
    with database() as query:
        query.execute("SELECT count(*) FROM notes")
        (count,) = query.fetchone()
    return {"status": "ok", "components": {"database": {"status": "ok", "message": f"{count} notes"}}}


@app.get("/api/notes")
def list_notes() -> list[str]:
    with database() as query:
        query.execute("SELECT text FROM notes ORDER BY id")
        return [text for (text,) in query.fetchall()]


@app.post("/api/notes", status_code=201)
def add_note(note: Note) -> Note:
    with database() as query:
        query.execute("INSERT INTO notes (text) VALUES (%s)", (note.text,))
    return note
