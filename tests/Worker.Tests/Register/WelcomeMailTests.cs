using MassTransit;
using Messaging.Contracts;
using Messaging.Outbox;
using MimeKit;

namespace Messaging.Worker.Tests.Register;

/// <summary>The welcome mail, from the message to the mail server, with everything a mail server may do.</summary>
public sealed class WelcomeMailTests
{
    [Fact]
    public async Task A_new_user_gets_one_mail_with_the_tasks_message_id()
    {
        await using var worker = await WorkerUnderTest.StartAsync();

        var id = await RegisterAsync(worker, "ann@example.org", "Read this");
        await worker.TaskAsync(id, TaskState.Succeeded);

        var mail = Parse(Assert.Single(worker.Smtp.Mails));
        Assert.Equal($"{id:N}@messaging.example", mail.MessageId);
        Assert.Equal("ann@example.org", Assert.Single(mail.To.Mailboxes).Address);
        Assert.Contains("Welcome!", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("<h1>Welcome!</h1>", mail.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain("Read this", Assert.Single(worker.Smtp.Mails), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "Ann")]
    public async Task A_name_is_in_a_mail_once_the_address_is_confirmed(bool isConfirmed, string name)
    {
        await using var worker = await WorkerUnderTest.StartAsync();
        var id = await worker.AddUserAsync("ann@example.org", "Ann");
        if (isConfirmed)
        {
            await worker.QueryAsync("UPDATE users SET confirmed_at = '2026-01-01'");
        }

        foreach (var message in (object[])
        [
            User("ann@example.org"),
            Repeated("ann@example.org"),
            new PasswordForgotten { Email = "ann@example.org", RequestedAt = DateTimeOffset.UtcNow },
            new PasswordChanged { UserId = id, ChangedAt = DateTimeOffset.UtcNow },
        ])
        {
            await worker.TaskAsync(await worker.AddObjectAsync(message), TaskState.Succeeded);
        }

        Assert.Equal(Enumerable.Repeat(name, 4), worker.Smtp.Mails.Select(m => Assert.Single(Parse(m).To.Mailboxes).Name ?? ""));
    }

    [Fact]
    public async Task The_sent_mail_is_recorded_and_published_in_the_inbox_transaction()
    {
        await using var worker = await WorkerUnderTest.StartAsync();
        var user = User("ann@example.org") with { UserId = await worker.AddUserAsync("ann@example.org") };

        await worker.TaskAsync(await worker.AddAsync(user), TaskState.Succeeded);

        Assert.Equal(["1"], await worker.QueryAsync("SELECT count(*) FROM users WHERE welcomed_at IS NOT NULL"));
        Assert.True(await worker.Harness.Consumed.Any<RegistrationMailSent>(c => c.Context.Message.UserId == user.UserId));
    }

    [Fact]
    public async Task A_duplicate_sends_no_second_mail()
    {
        await using var worker = await WorkerUnderTest.StartAsync();
        var user = User("ann@example.org") with { UserId = await worker.AddUserAsync("ann@example.org") };
        var id = await worker.AddAsync(user);
        await worker.TaskAsync(id, TaskState.Succeeded);

        await worker.DeliverAgainAsync(user, id);
        await worker.TaskAsync(await RegisterAsync(worker, "fence@example.org"), TaskState.Succeeded);

        Assert.Equal(2, worker.Smtp.Mails.Count);
    }

    [Theory]
    [InlineData("451 try again later")]
    [InlineData("421 closing")]
    public async Task A_transient_reply_is_retried_within_the_attempt(string reply)
    {
        await using var worker = await WorkerUnderTest.StartAsync();
        worker.Smtp.Replies.Enqueue(reply);

        var task = await worker.TaskAsync(await RegisterAsync(worker, "ann@example.org"), TaskState.Succeeded);

        Assert.Equal(1, task.Attempts);
        Assert.Equal(2, worker.Smtp.Attempts);
        Assert.Single(worker.Smtp.Mails);
    }

    [Fact]
    public async Task A_server_that_hangs_is_left_after_the_attempts_timeout()
    {
        await using var worker = await WorkerUnderTest.StartAsync(("Mail:AttemptTimeout", "00:00:05")); // the next attempt has no more, also on a busy machine
        worker.Smtp.Replies.Enqueue("HANG");

        await worker.TaskAsync(await RegisterAsync(worker, "ann@example.org"), TaskState.Succeeded);

        Assert.Equal(2, worker.Smtp.Attempts);
        Assert.Single(worker.Smtp.Mails);
    }

    [Fact]
    public async Task A_mail_that_is_sent_again_has_the_same_message_id()
    {
        await using var worker = await WorkerUnderTest.StartAsync();
        worker.Smtp.Replies.Enqueue("DROP");

        var id = await RegisterAsync(worker, "ann@example.org");
        await worker.TaskAsync(id, TaskState.Succeeded);

        Assert.Equal([$"{id:N}@messaging.example"], worker.Smtp.Mails.Select(m => Parse(m).MessageId!).Distinct());
        Assert.Equal(2, worker.Smtp.Mails.Count);
    }

    [Fact]
    public async Task A_longer_failure_is_deferred_and_ends_well()
    {
        await using var worker = await WorkerUnderTest.StartAsync(("Mail:Retries", "0"));
        worker.Smtp.Replies.Enqueue("451 later");
        worker.Smtp.Replies.Enqueue("451 later");

        var task = await worker.TaskAsync(await RegisterAsync(worker, "ann@example.org"), TaskState.Succeeded);

        Assert.Equal(3, task.Attempts);
    }

    [Fact]
    public async Task A_failure_that_does_not_end_fails_the_task()
    {
        await using var worker = await WorkerUnderTest.StartAsync(("Mail:Retries", "0"));
        for (var i = 0; i < 3; i++)
        {
            worker.Smtp.Replies.Enqueue("451 later");
        }

        var task = await worker.TaskAsync(await RegisterAsync(worker, "ann@example.org"), TaskState.Failed);

        Assert.Equal(3, task.Attempts);
        Assert.Equal("MailDeferredException: The mail server does not accept the mail at the moment: status 451.", task.LastError);
        Assert.Empty(worker.Smtp.Mails);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_permanent_refusal_fails_at_once_and_does_not_name_the_address(bool atRecipient)
    {
        await using var worker = await WorkerUnderTest.StartAsync();
        (atRecipient ? worker.Smtp.RecipientReplies : worker.Smtp.Replies).Enqueue("550 <ann@example.org> does not exist");

        var task = await worker.TaskAsync(await RegisterAsync(worker, "ann@example.org"), TaskState.Failed);

        Assert.Equal(1, task.Attempts);
        Assert.Equal(atRecipient ? 0 : 1, worker.Smtp.Attempts);
        Assert.Equal("MailRefusedException: The mail server refused the mail permanently with status 550.", task.LastError);
    }

    [Fact]
    public async Task A_server_that_keeps_failing_is_left_alone_for_a_while()
    {
        await using var worker = await WorkerUnderTest.StartAsync(
            ("Mail:Retries", "0"),
            ("Mail:BreakMinimumAttempts", "2"),
            ("Mail:BreakDuration", "00:10:00"),
            ("Endpoints:Default:Retry:DelayedRetries", "0"));
        worker.Smtp.Replies.Enqueue("421 closing");
        worker.Smtp.Replies.Enqueue("421 closing");
        await worker.TaskAsync(await RegisterAsync(worker, "a@example.org"), TaskState.Failed);
        await worker.TaskAsync(await RegisterAsync(worker, "b@example.org"), TaskState.Failed);

        var task = await worker.TaskAsync(await RegisterAsync(worker, "c@example.org"), TaskState.Failed);

        Assert.StartsWith("BrokenCircuitException", task.LastError, StringComparison.Ordinal);
        Assert.Equal(2, worker.Smtp.Attempts);
    }

    [Fact]
    public async Task The_owner_of_a_registered_address_gets_another_mail()
    {
        await using var worker = await WorkerUnderTest.StartAsync();
        await worker.AddUserAsync("ann@example.org");

        await worker.TaskAsync(
            await worker.AddAsync(Repeated("ann@example.org")),
            TaskState.Succeeded);

        var mail = Parse(Assert.Single(worker.Smtp.Mails));
        Assert.Equal("You already have an account", mail.Subject);
        Assert.Contains("/password/reset#token=", mail.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_link_is_for_the_owner_of_the_address()
    {
        await using var worker = await WorkerUnderTest.StartAsync();
        var ann = await worker.AddUserAsync("ann@example.org");
        var eve = await worker.AddUserAsync("eve@example.org");

        await worker.TaskAsync(await worker.AddAsync(User("eve@example.org") with { UserId = ann }), TaskState.Succeeded);
        await worker.TaskAsync(await worker.AddAsync(User("nobody@example.org") with { UserId = ann }), TaskState.Succeeded);

        Assert.Equal([eve.ToString().ToUpperInvariant()], await worker.QueryAsync("SELECT user_id FROM password_tokens"));
        Assert.Single(worker.Smtp.Mails);
    }

    [Fact]
    public async Task New_and_known_addresses_have_the_same_work_done()
    {
        await using var worker = await WorkerUnderTest.StartAsync();
        await worker.AddUserAsync("old@example.org");
        for (var i = 0; i < 5; i++)
        {
            await worker.TaskAsync(i == 0 ? await RegisterAsync(worker, "new@example.org") : await worker.AddAsync(Repeated("new@example.org")), TaskState.Succeeded);
            await worker.TaskAsync(await worker.AddAsync(Repeated("old@example.org")), TaskState.Succeeded);
        }

        Assert.Equal(6, worker.Smtp.Mails.Count);
        const string PerUser = "SELECT count(*) FROM users u WHERE welcomed_at IS NOT NULL AND (SELECT count(*) FROM password_tokens t WHERE t.user_id = u.id) = 3";
        Assert.Equal(["2"], await worker.QueryAsync(PerUser));
        Assert.Equal(["3", "3"], await worker.QueryAsync("SELECT count(*) FROM mail_grants GROUP BY mailbox"));
        Assert.Equal(6, worker.Harness.Published.Select<RegistrationMailSent>().Count());
    }

    /// <summary>As the API does: the user is there before the message.</summary>
    private static async Task<Guid> RegisterAsync(WorkerUnderTest worker, string email, string? name = null)
    {
        var id = await worker.AddUserAsync(email, name);
        return await worker.AddAsync(User(email, name) with { UserId = id });
    }

    private static RegistrationRepeated Repeated(string email) => new() { Email = email, RepeatedAt = DateTimeOffset.UtcNow };

    private static UserRegistered User(string email, string? name = null) => new()
    {
        UserId = Guid.CreateVersion7(),
        Email = email,
        DisplayName = name,
        RegisteredAt = DateTimeOffset.UtcNow,
    };

    private static MimeMessage Parse(string mail) => MimeMessage.Load(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(mail)));
}
