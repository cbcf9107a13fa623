"""Tasks of Celery on RabbitMQ: persistent messages, confirmed by the broker, acknowledged when they are done."""
import os
import uuid

import psycopg2
from celery import Celery
from celery.signals import worker_process_init

app = Celery("bench", broker=os.environ["BENCH_BROKER"])
app.conf.update(
    broker_transport_options={"confirm_publish": True},
    task_acks_late=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=16,
    broker_pool_limit=20,
)
connection = None


@worker_process_init.connect
def connect(**_):
    global connection
    connection = psycopg2.connect(os.environ["BENCH_DATABASE"])
    connection.autocommit = True


@app.task(name="write_log")
def write_log(message):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO log_entries (id, message, logged_at) VALUES (%s, %s, now())", (str(uuid.uuid4()), message))
