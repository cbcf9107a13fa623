using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Messaging.EndToEnd.Tests;

/// <summary>The flows over the real PostgreSQL and RabbitMQ. Skipped where they are not at hand.</summary>
public sealed class RealServersTests
{
    [Fact]
    public async Task Accepted_tasks_are_done_and_leave_outbox_and_queues_empty()
    {
        await using var system = await RealSystem.StartAsync();
        var ledger = new Ledger();

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i =>
            ledger.SendOneAsync(system.Api.Client, i % 2 == 0 ? $"/register?email=user{i}@example.org" : $"/log?message=entry{i}")));

        Assert.Equal(100, ledger.Accepted.Count);
        await ledger.AllSucceededAsync(system.Api.Client);
        Assert.Equal((50, 50L, 50L, 50L), (system.Smtp.Mails.Count, await system.CountAsync("users WHERE welcomed_at IS NOT NULL"), await system.CountAsync("activity_log WHERE message LIKE 'entry%'"), await system.CountAsync("activity_log WHERE message LIKE 'reg%'")));
        await Eventually.True(async () => await system.CountAsync("outbox") == 0, "the outbox is empty");
        foreach (var queue in (string[])["user-registered", "log-requested", "user-registered_error", "log-requested_error"])
        {
            await Eventually.True(async () => await system.MessagesAsync(queue) == 0, $"{queue} is empty");
        }
    }

    [Fact]
    public async Task Tasks_accepted_before_a_worker_runs_wait_for_it()
    {
        await using var system = await RealSystem.CreateAsync();
        await system.StartApi().ReadyAsync();
        var ledger = new Ledger();
        await ledger.SendOneAsync(system.Api.Client, "/register?email=ann@example.org");
        await Eventually.True(async () => await system.CountAsync("outbox WHERE attempts > 0") == 1, "there is nobody to take it");

        await system.StartWorker().ReadyAsync();

        await ledger.AllSucceededAsync(system.Api.Client);
        Assert.Single(system.Smtp.Mails);
    }

    [Theory]
    [InlineData("delete_queue")]
    [InlineData("purge_queue")]
    public async Task Messages_that_the_broker_loses_are_published_again(string command)
    {
        await using var system = await RealSystem.StartAsync(("Outbox__LostAfter", "00:00:02"));
        var ledger = new Ledger();
        await ledger.SendOneAsync(system.Api.Client, "/register?email=ann@example.org");
        await ledger.AllSucceededAsync(system.Api.Client);
        await system.Worker.TerminateAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => ledger.SendOneAsync(system.Api.Client, $"/log?message=entry{i}")));
        await Eventually.True(async () => await system.MessagesAsync("log-requested") == 20, "all of them lie with the broker");

        await RealSystem.RabbitMqCtlAsync(command, "-p", system.VirtualHost, "log-requested");

        await system.StartWorker().ReadyAsync();
        await ledger.AllSucceededAsync(system.Api.Client);
        Assert.Equal(20, await system.CountAsync("activity_log WHERE message LIKE 'entry%'"));
        Assert.Empty(ledger.Unanswered);
    }

    [Fact]
    public async Task Killed_processes_lose_no_task_and_double_no_row()
    {
        await using var system = await RealSystem.StartAsync();
        await system.StartWorker().ReadyAsync(); // two workers, three dispatchers
        var ledger = new Ledger();
        for (var round = 0; round < 3; round++)
        {
            using var stop = new CancellationTokenSource();
            var senders = Enumerable.Range(0, 8).Select(_ => ledger.SendAsync(system.Api.Client, stop.Token)).ToList();
            await Eventually.True(() => ledger.Accepted.Count > (round + 1) * 200, "requests are accepted");
            await system.Worker.KillAsync();
            await system.Api.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(senders);
            await system.StartWorker().ReadyAsync();
            await system.StartApi().ReadyAsync();
        }

        await ledger.AllSucceededAsync(system.Api.Client);
        await Eventually.True(async () => await system.CountAsync("outbox") == 0 && await system.CountAsync("tasks WHERE state <> 3") == 0, "no task is left over"); // also of what was not answered
        Assert.InRange(await system.CountAsync("users"), ledger.Registrations, ledger.Registrations + ledger.Unanswered.Count);
        Assert.Equal(await system.CountAsync("activity_log"), await system.CountAsync("(SELECT DISTINCT message, properties FROM activity_log) AS d"));
        Assert.InRange(await system.CountAsync("activity_log WHERE message LIKE 'entry%'"), ledger.Entries, ledger.Entries + ledger.Unanswered.Count);
    }

    [Fact]
    public async Task A_message_that_is_delivered_many_times_has_one_effect()
    {
        await using var system = await RealSystem.CreateAsync();
        await system.StartApi().ReadyAsync();
        var ledger = new Ledger();
        await ledger.WelcomeAsync(system, "ann@example.org");
        var (contentType, body) = await system.OutboxBodyAsync(); // no worker yet: it lies there
        await system.StartWorker().ReadyAsync();

        await system.PublishAsync("Messaging.Contracts:UserRegistered", body, contentType, times: 200);

        await ledger.AllSucceededAsync(system.Api.Client);
        await Eventually.True(async () => await system.MessagesAsync("user-registered") == 0, "the queue is empty");
        await ledger.WelcomeAsync(system, "fence@example.org");
        await ledger.AllSucceededAsync(system.Api.Client);
        Assert.Equal(2, system.Smtp.Mails.Count);
        Assert.Equal(2, await system.CountAsync("inbox WHERE message_id IN (SELECT id FROM tasks)"));
    }

    [Fact]
    public async Task A_row_that_cannot_be_sent_blocks_no_other()
    {
        await using var system = await RealSystem.StartAsync();
        await system.ExecuteAsync(
            """
            INSERT INTO outbox (due_at, message_id, destination, content_type, metadata, body)
            VALUES (now() - interval '1 day', gen_random_uuid(), 'exchange:', 'text/nonsense', '{"messageTypes":[]}', ''),
                   (now() - interval '1 day', gen_random_uuid(), 'not an address', 'a/b', '{}', ''),
                   (now() - interval '1 day', gen_random_uuid(), 'queue:nowhere', 'a/b', 'not json', '')
            """);
        var ledger = new Ledger();

        await ledger.SendOneAsync(system.Api.Client, "/register?email=ann@example.org");

        await ledger.AllSucceededAsync(system.Api.Client);
        await Eventually.True(async () => await system.CountAsync("outbox WHERE attempts > 0 AND last_error IS NOT NULL") == 3, "all three are rescheduled");
    }

    [Fact]
    public async Task A_refused_mail_becomes_a_dead_letter_with_its_reason()
    {
        await using var system = await RealSystem.StartAsync();
        system.Smtp.RecipientReplies.Enqueue("550 <ann@example.org> unknown");

        using var response = await system.Api.Client.PostAsync("/register?email=ann@example.org", null);
        var location = response.Headers.Location!.OriginalString;

        JsonElement task = default;
        await Eventually.True(
            async () => (task = await system.Api.Client.GetFromJsonAsync<JsonElement>(location)).GetProperty("state").GetString() == "Failed",
            "the task has failed");
        Assert.Equal(1, task.GetProperty("attempts").GetInt32());
        Assert.Contains("550", task.GetProperty("lastError").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("ann@", task.ToString(), StringComparison.Ordinal);
        await Eventually.True(async () => await system.CountAsync("dead_letters WHERE reason = 'Failed' AND throw_site LIKE 'Messaging.Worker.%'") == 1, "it is a dead letter");
        await Eventually.True(async () => await system.MessagesAsync("user-registered_error") == 0, "the error queue is empty");
        Assert.DoesNotContain("ann@example.org", system.Api.Output + system.Worker.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_mail_is_deferred_in_the_database_and_sent_later()
    {
        await using var system = await RealSystem.StartAsync(("Mail__Retries", "0"), ("Endpoints__Default__Retry__ImmediateRetries", "0"));
        system.Smtp.Replies.Enqueue("451 later");
        system.Smtp.Replies.Enqueue("451 later");
        var ledger = new Ledger();

        await ledger.SendOneAsync(system.Api.Client, "/register?email=ann@example.org");

        await ledger.AllSucceededAsync(system.Api.Client);
        var task = await system.Api.Client.GetFromJsonAsync<JsonElement>($"/tasks/{ledger.Accepted.Keys.Single()}");
        Assert.Equal(3, task.GetProperty("attempts").GetInt32());
        Assert.Single(system.Smtp.Mails);
    }

    [Fact]
    public async Task A_malformed_message_becomes_a_dead_letter_and_blocks_no_other()
    {
        await using var system = await RealSystem.StartAsync();

        await system.PublishAsync("Messaging.Contracts:UserRegistered", Encoding.UTF8.GetBytes("{\"truncated"), "application/vnd.masstransit+json", times: 3);
        var ledger = new Ledger();
        await ledger.SendOneAsync(system.Api.Client, "/register?email=ann@example.org");

        await ledger.AllSucceededAsync(system.Api.Client);
        await Eventually.True(async () => await system.CountAsync("dead_letters") == 3, "all three are dead letters");
    }

    [Fact]
    public async Task Without_collection_dead_letters_stay_in_the_error_queue_until_collected()
    {
        await using var system = await RealSystem.StartAsync(("Outbox__CollectDeadLetters", "false"));
        system.Smtp.RecipientReplies.Enqueue("550 no");
        using var response = await system.Api.Client.PostAsync("/register?email=ann@example.org", null);
        await Eventually.True(async () => await system.MessagesAsync("user-registered_error") == 1, "the message is in the error queue");
        Assert.Equal(0, await system.CountAsync("dead_letters"));
        await system.Worker.TerminateAsync();

        await system.StartWorker(("Outbox__CollectDeadLetters", "true")).ReadyAsync();

        await Eventually.True(
            async () => await system.CountAsync("dead_letters WHERE reason = 'Failed' AND task_id IS NOT NULL AND exception_type IS NOT NULL") == 1,
            "the message was collected");
        await Eventually.True(async () => await system.MessagesAsync("user-registered_error") == 0, "the error queue is empty");
    }

    [Fact]
    public async Task A_task_is_cancelled_in_the_process_that_runs_it()
    {
        await using var system = await RealSystem.StartAsync(("Mail__AttemptTimeout", "00:01:00"), ("Outbox__QueueReportInterval", "00:00:00.5"));
        await Eventually.True(async () => await system.CountAsync("queues WHERE name = 'user-registered'") == 1, "the queue is reported");
        system.Smtp.Delay = TimeSpan.FromMinutes(1); // longer than a worker takes to stop: only the token ends it
        using var response = await system.Api.Client.PostAsync("/register?email=ann@example.org", null);
        var task = response.Headers.Location!.OriginalString;
        await Eventually.True(async () => await StateAsync() == "Running" && system.Smtp.Attempts == 1, "the mail is under way in the worker");
        await Eventually.True(async () => await InFlightAsync() == 1, "the worker reports it in flight");

        using var cancelled = await system.Api.Client.PostAsync($"{task}/cancel", null);

        Assert.Equal(HttpStatusCode.OK, cancelled.StatusCode);
        await Eventually.True(async () => await StateAsync() == "Cancelled", "the task is cancelled");
        await Eventually.True(async () => await InFlightAsync() == 0, "the worker has let go of it");
        await system.Worker.TerminateAsync(); // what it still had in flight would be in the queue again
        Assert.Equal(0u, await system.MessagesAsync("user-registered"));
        Assert.Equal(0, await system.CountAsync("users WHERE welcomed_at IS NOT NULL"));
        Assert.Equal(0, await system.CountAsync("dead_letters"));

        async Task<string?> StateAsync() => (await system.Api.Client.GetFromJsonAsync<JsonElement>(task)).GetProperty("state").GetString();

        async Task<int> InFlightAsync() => (await system.Api.Client.GetFromJsonAsync<JsonElement>("/queues/user-registered"))
            .GetProperty("consumers").EnumerateArray().Sum(c => c.GetProperty("inFlight").GetInt32());
    }

    [Fact]
    public async Task On_sigterm_a_worker_finishes_its_deliveries_in_flight()
    {
        await using var system = await RealSystem.StartAsync();
        system.Smtp.Delay = TimeSpan.FromSeconds(2);
        var ledger = new Ledger();
        await ledger.SendOneAsync(system.Api.Client, "/register?email=ann@example.org");
        await Eventually.True(() => system.Smtp.Attempts == 1, "the mail is under way");

        var exitCode = await system.Worker.TerminateAsync();

        Assert.Equal(0, exitCode);
        await ledger.AllSucceededAsync(system.Api.Client); // no other worker could have done it
        Assert.Single(system.Smtp.Mails);
    }
}
