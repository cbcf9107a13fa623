using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using MimeKit;

namespace Messaging.EndToEnd.Tests.Passwords;

/// <summary>Passwords, over the real PostgreSQL and RabbitMQ. Skipped where they are not at hand.</summary>
public sealed partial class PasswordTests
{
    [Fact]
    public async Task Of_concurrent_links_one_sets_the_password_and_one_mail_goes()
    {
        await using var system = await RealSystem.StartAsync(("Passwords__MaxHashWait", "00:00:30"), ("Passwords__MaxConcurrentHashes", "8"), ("Passwords__MaxQueuedHashesPerCaller", "100"));
        var client = system.Api.Client;
        (await client.PostAsync("/register?email=ann@example.org", null)).Dispose();
        await MailsAsync(system, "Welcome", 1);
        for (var i = 0; i < 5; i++)
        {
            (await client.PostAsync("/password/forgot?email=ann@example.org", null)).Dispose();
        }

        await Eventually.True(
            async () => await system.CountAsync("tasks WHERE kind = 'PasswordForgotten' AND state = 3") == 5, "all that was forgotten is done");
        var links = (await MailsAsync(system, "Set a new password", 3)).Concat(await MailsAsync(system, "Welcome", 1)).ToList();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            using var response = await client.PostAsJsonAsync(
                "/password/reset", new { token = TokenOf(links[i % links.Count]), password = "correct horse battery" });
            return response.StatusCode;
        }));

        Assert.Single(statuses, HttpStatusCode.NoContent);
        Assert.Equal(19, statuses.Count(s => s == HttpStatusCode.BadRequest));
        Assert.Equal(
            (1L, 0L), (await system.CountAsync("users WHERE password_hash IS NOT NULL AND confirmed_at IS NOT NULL"), await system.CountAsync("password_tokens")));
        await MailsAsync(system, "Your password was set", 1);
        Assert.Equal(5, system.Smtp.Mails.Count);
        await Eventually.True(async () => await system.CountAsync("tasks WHERE state <> 3") == 0, "all tasks have succeeded");
    }

    /// <summary>Waits for so many mails of a subject.</summary>
    private static async Task<IReadOnlyList<MimeMessage>> MailsAsync(RealSystem system, string subject, int count)
    {
        IReadOnlyList<MimeMessage> mails = [];
        await Eventually.True(
            () => (mails = [.. system.Smtp.Mails.Select(m => MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(m)))).Where(m => m.Subject == subject)]).Count == count,
            $"there are {count} mails '{subject}'");
        return mails;
    }

    private static string TokenOf(MimeMessage mail) => Token().Match(mail.TextBody!).Value;

    [GeneratedRegex("(?<=#token=)[A-Za-z0-9_-]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Token();
}
