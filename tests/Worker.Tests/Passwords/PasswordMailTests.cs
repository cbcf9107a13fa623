using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Messaging.Contracts;
using Messaging.Outbox;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Messaging.Worker.Tests.Passwords;

/// <summary>The mails about passwords, and the links in them.</summary>
public sealed partial class PasswordMailTests
{
    private const string Ann = "ann@example.org";

    [Fact]
    public async Task The_owner_of_an_address_gets_a_link_whose_hash_is_stored()
    {
        await using var worker = await WorkerUnderTest.StartAsync(("Passwords:PublicUrl", "https://app.example.org/x/"));
        var userId = await worker.AddUserAsync(Ann);

        var id = await worker.AddAsync(Forgotten(Ann));
        await worker.TaskAsync(id, TaskState.Succeeded);

        var mail = Parse(Assert.Single(worker.Smtp.Mails));
        Assert.Equal(($"{id:N}@messaging.example", "Set a new password"), (mail.MessageId, mail.Subject));
        Assert.Matches("https://app\\.example\\.org/x/password/reset#token=[A-Za-z0-9_-]{43}\\s", mail.TextBody);
        Assert.Contains($"href=\"https://app.example.org/x/password/reset#token={TokenOf(mail)}\"", mail.HtmlBody, StringComparison.Ordinal);
        Assert.Equal(
            [$"{HashOf(TokenOf(mail))}|{userId.ToString().ToUpperInvariant()}|1"],
            await worker.QueryAsync("SELECT hex(token_hash), user_id, expires_at > datetime('now', '+55 minutes') AND expires_at < datetime('now', '+65 minutes') FROM password_tokens"));
    }

    [Fact]
    public async Task The_welcome_mail_has_a_link_that_lives_longer()
    {
        await using var worker = await WorkerUnderTest.StartAsync();
        var userId = await worker.AddUserAsync(Ann);

        await worker.TaskAsync(
            await worker.AddAsync(new UserRegistered { UserId = userId, Email = Ann, RegisteredAt = DateTimeOffset.UtcNow }), TaskState.Succeeded);

        var mail = Parse(Assert.Single(worker.Smtp.Mails));
        Assert.Contains($"href=\"http://localhost:8080/password/reset#token={TokenOf(mail)}\"", mail.HtmlBody, StringComparison.Ordinal);
        Assert.Equal(
            [$"{HashOf(TokenOf(mail))}|1"],
            await worker.QueryAsync("SELECT hex(token_hash), expires_at > datetime('now', '+6 days') FROM password_tokens"));
    }

    [Fact]
    public async Task An_unknown_address_gets_no_mail_and_is_counted()
    {
        await using var worker = await WorkerUnderTest.StartAsync();

        await worker.TaskAsync(await worker.AddAsync(Forgotten("nobody@example.org")), TaskState.Succeeded);

        Assert.Equal(0, worker.Smtp.Attempts);
        Assert.Equal(["0|1"], await worker.QueryAsync("SELECT (SELECT count(*) FROM password_tokens), (SELECT count(*) FROM mail_grants)"));
        Assert.DoesNotContain("nobody", await worker.QueryAsync("SELECT mailbox || domain FROM mail_grants") is [var row] ? row : "nobody", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_sent_link_is_valid_and_no_token_is_stored()
    {
        await using var worker = await WorkerUnderTest.StartAsync(("Mail:Retries", "0"));
        await worker.AddUserAsync(Ann);
        worker.Smtp.Replies.Enqueue("DROP");
        worker.Smtp.Replies.Enqueue("DROP");
        worker.Smtp.Replies.Enqueue("550 enough");

        await worker.TaskAsync(await worker.AddAsync(Forgotten(Ann)), TaskState.Failed);

        var tokens = worker.Smtp.Mails.Select(m => TokenOf(Parse(m))).ToList();
        Assert.Equal(2, tokens.Distinct().Count());
        Assert.Equal(["1"], await worker.QueryAsync("SELECT count(*) FROM dead_letters"));
        var dump = await worker.DumpAsync();
        foreach (var token in tokens)
        {
            Assert.Contains(HashOf(token), dump, StringComparison.Ordinal);
            Assert.DoesNotContain(token, dump, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToHexString(Encoding.ASCII.GetBytes(token)), dump, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_mail_that_needs_several_attempts_counts_once()
    {
        await using var worker = await WorkerUnderTest.StartAsync(("Mail:Retries", "0"), ("RateLimits:MailsPerHour", "1"));
        await worker.AddUserAsync(Ann);
        worker.Smtp.Replies.Enqueue("451 later");
        worker.Smtp.Replies.Enqueue("451 later");

        var task = await worker.TaskAsync(await worker.AddAsync(Forgotten(Ann)), TaskState.Succeeded);

        Assert.Equal(3, task.Attempts);
        Assert.Contains(HashOf(TokenOf(Parse(Assert.Single(worker.Smtp.Mails)))), await worker.QueryAsync("SELECT hex(token_hash) FROM password_tokens"));
    }

    [Fact]
    public async Task Each_user_gets_at_most_three_mails_an_hour()
    {
        await using var worker = await WorkerUnderTest.StartAsync();
        await worker.AddUserAsync(Ann);
        await worker.AddUserAsync("bob@example.org");

        var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => worker.AddAsync(Forgotten(Ann))).Append(worker.AddAsync(Forgotten("bob@example.org"))));
        foreach (var id in ids)
        {
            await worker.TaskAsync(id, TaskState.Succeeded);
        }

        Assert.Equal(3, worker.Smtp.Mails.Count(m => m.Contains($"To: {Ann}", StringComparison.Ordinal)));
        Assert.Equal(4, worker.Smtp.Mails.Count);

        await worker.QueryAsync("UPDATE mail_grants SET granted_at = '2026-01-01 00:00:00+00:00'");
        await worker.TaskAsync(await worker.AddAsync(Forgotten(Ann)), TaskState.Succeeded);

        Assert.Equal(5, worker.Smtp.Mails.Count);
    }

    [Fact]
    public async Task Registration_mails_do_not_use_up_the_share_of_password_mails()
    {
        await using var worker = await WorkerUnderTest.StartAsync(("RateLimits:MailsPerHour", "1"));
        await worker.AddUserAsync(Ann);
        for (var i = 0; i < 3; i++)
        {
            await worker.TaskAsync(
                await worker.AddAsync(new RegistrationRepeated { Email = Ann, RepeatedAt = DateTimeOffset.UtcNow }), TaskState.Succeeded);
        }

        await worker.TaskAsync(await worker.AddAsync(Forgotten(Ann)), TaskState.Succeeded);

        Assert.Equal(["You already have an account", "Set a new password"], worker.Smtp.Mails.Select(m => Parse(m).Subject));
    }

    [Fact]
    public async Task Only_a_user_who_exists_is_told_of_a_new_password()
    {
        await using var worker = await WorkerUnderTest.StartAsync();
        var changed = new PasswordChanged { UserId = await worker.AddUserAsync(Ann), ChangedAt = new(2026, 11, 24, 21, 8, 0, TimeSpan.FromHours(1)) };

        await worker.TaskAsync(await worker.AddAsync(changed), TaskState.Succeeded);
        await worker.TaskAsync(await worker.AddAsync(changed with { UserId = Guid.CreateVersion7() }), TaskState.Succeeded);

        var mail = Parse(Assert.Single(worker.Smtp.Mails));
        Assert.Equal((Ann, "Your password was set"), (Assert.Single(mail.To.Mailboxes).Address, mail.Subject));
        Assert.Contains("24 November 2026, 20:08 UTC", mail.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_clean_up_deletes_what_has_expired_and_nothing_else()
    {
        await using var worker = await WorkerUnderTest.StartAsync();
        await worker.AddUserAsync(Ann);
        await worker.TaskAsync(await worker.AddAsync(Forgotten(Ann)), TaskState.Succeeded);
        await worker.QueryAsync(
            """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
            INSERT INTO password_tokens (token_hash, user_id, expires_at) SELECT 'old ' || i, 'u', '2026-01-01 00:00:00+00:00' FROM n
            """);
        await worker.QueryAsync(
            "INSERT INTO mail_grants (task_id, mailbox, domain, kind, granted_at) VALUES ('old', 'm', 'd', 'reset', '2026-01-01 00:00:00+00:00')");
        await worker.QueryAsync("INSERT INTO mail_counters (key, used_at) VALUES ('m', '2026-01-01 00:00:00+00:00')");

        var task = await worker.TaskAsync(await worker.AddAsync(new PasswordCleanUpDue()), TaskState.Succeeded);

        Assert.Equal("""{"tokens":2500,"grants":1,"counters":1}""", task.Result?.GetRawText());
        Assert.Equal(["1|1"], await worker.QueryAsync("SELECT (SELECT count(*) FROM password_tokens), (SELECT count(*) FROM mail_grants)"));
    }

    [Theory]
    [InlineData("http://127.0.0.1:0", "", 0)]
    [InlineData("http://0.0.0.0:0", "", 1)]
    [InlineData("http://[::]:0", "", 1)]
    [InlineData("http://0.0.0.0:0", "http://localhost:9000", 0)] // somebody wants it so
    [InlineData("http://0.0.0.0:0", "https://app.example.org", 0)]
    public async Task A_worker_reached_from_outside_warns_of_links_to_localhost(string urls, string publicUrl, int warnings)
    {
        await using var worker = await WorkerUnderTest.StartAsync([("urls", urls), .. publicUrl.Length > 0 ? [("Passwords:PublicUrl", publicUrl)] : Array.Empty<(string, string)>()]);

        Assert.Equal(warnings, worker.Log.Lines.Count(l => l.StartsWith("Links in mails begin with http://localhost:8080, which works on this machine only", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Passwords:PublicUrl", "/app")]
    [InlineData("Passwords:PublicUrl", "ftp://app.example.org")]
    [InlineData("Passwords:PublicUrl", "https://app.example.org/?a=b")]
    [InlineData("Passwords:ResetLifetime", "2.00:00:00")]
    [InlineData("RateLimits:MailsPerHour", "0")]
    public async Task A_wrong_setting_stops_the_process_at_its_start(string name, string value)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => WorkerUnderTest.StartAsync((name, value)));

        Assert.Contains(name.Split(':')[^1], error.Message, StringComparison.Ordinal);
    }

    private static PasswordForgotten Forgotten(string email) => new() { Email = email, RequestedAt = DateTimeOffset.UtcNow };

    private static string TokenOf(MimeMessage mail) => Token().Match(mail.TextBody!).Value;

    private static string HashOf(string token) => Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(token)));

    private static MimeMessage Parse(string mail) => MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(mail)));

    [GeneratedRegex("(?<=#token=)[A-Za-z0-9_-]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Token();
}
