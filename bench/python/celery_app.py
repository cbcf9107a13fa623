"""FastAPI in front of Celery: the row is committed and the task is with the broker before the answer."""
import os
import uuid

import asyncpg
from celery_tasks import write_log
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

app = FastAPI()


class Registration(BaseModel):
    email: str


class Entry(BaseModel):
    message: str


@app.on_event("startup")
async def start():
    app.state.pool = await asyncpg.create_pool(os.environ["BENCH_DATABASE"], min_size=10, max_size=10)


@app.post("/register", status_code=202)
async def register(registration: Registration):
    user = uuid.uuid4()
    await app.state.pool.execute(
        "INSERT INTO users (id, email, registered_at) VALUES ($1, $2, now()) ON CONFLICT DO NOTHING", user, registration.email)
    task = await run_in_threadpool(write_log.delay, f"registered {user}")
    return {"id": task.id}


@app.post("/log", status_code=202)
async def log(entry: Entry):
    task = await run_in_threadpool(write_log.delay, entry.message)
    return {"id": task.id}


@app.get("/health/ready")
async def ready():
    return {}
