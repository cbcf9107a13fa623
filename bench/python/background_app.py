"""FastAPI with BackgroundTasks, as the article has it: the row is committed before the answer, the rest is done after it, in this process."""
import os
import uuid

import asyncpg
from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel

app = FastAPI()


class Registration(BaseModel):
    email: str


class Entry(BaseModel):
    message: str


@app.on_event("startup")
async def start():
    app.state.pool = await asyncpg.create_pool(os.environ["BENCH_DATABASE"], min_size=10, max_size=10)


async def write_log(message: str):
    await app.state.pool.execute("INSERT INTO log_entries (id, message, logged_at) VALUES ($1, $2, now())", uuid.uuid4(), message)


@app.post("/register", status_code=202)
async def register(registration: Registration, tasks: BackgroundTasks):
    user = uuid.uuid4()
    await app.state.pool.execute(
        "INSERT INTO users (id, email, registered_at) VALUES ($1, $2, now()) ON CONFLICT DO NOTHING", user, registration.email)
    tasks.add_task(write_log, f"registered {user}")
    return {"id": str(user)}


@app.post("/log", status_code=202)
async def log(entry: Entry, tasks: BackgroundTasks):
    tasks.add_task(write_log, entry.message)
    return {"id": str(uuid.uuid4())}


@app.get("/health/ready")
async def ready():
    return {}
