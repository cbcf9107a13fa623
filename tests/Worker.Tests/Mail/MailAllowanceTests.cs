using Messaging.Outbox;
using Messaging.Worker.Mail;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Worker.Tests.Mail;

/// <summary>How many mails an anonymous caller can cause, counted in the database.</summary>
public abstract class MailAllowanceTests : IAsyncLifetime
{
    private WorkerUnderTest? _worker;

    private WorkerUnderTest Worker => _worker!;

    private MailAllowance Allowance => Worker.Services.GetRequiredService<MailAllowance>();

    public async ValueTask InitializeAsync() =>
        _worker = await WorkerUnderTest.StartOnAsync(await PostgresAsync(), ("RateLimits:MailsPerDay", "5"), ("RateLimits:MailsPerDomainPerHour", "20"));

    public virtual async ValueTask DisposeAsync()
    {
        if (_worker is not null)
        {
            await _worker.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    protected abstract Task<string?> PostgresAsync();

    [Fact]
    public async Task A_hundred_addresses_of_one_mailbox_get_three_mails()
    {
        var granted = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => TakeAsync($"victim+{i}@example.org")));

        Assert.Equal(3, granted.Count(g => g));
        Assert.True(await TakeAsync("other@example.org"));
        Assert.True(await TakeAsync("victim@example.org", "reset"));
    }

    [Fact]
    public async Task A_mailbox_has_a_limit_a_day_as_well()
    {
        var granted = 0;
        for (var hour = 0; hour < 4; hour++)
        {
            for (var i = 0; i < 4; i++)
            {
                granted += await TakeAsync("victim@example.org") ? 1 : 0;
            }

            await AgeAsync(TimeSpan.FromHours(1.1));
        }

        Assert.Equal(5, granted);
        await AgeAsync(TimeSpan.FromDays(1));
        Assert.True(await TakeAsync("victim@example.org"));
    }

    [Fact]
    public async Task A_domain_has_a_limit_and_a_shared_one_has_none()
    {
        var own = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => TakeAsync($"user{i}@example.org")));
        var shared = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => TakeAsync($"user{i}@gmail.com")));

        Assert.Equal((10, 40), (own.Count(g => g), shared.Count(g => g)));
    }

    [Fact]
    public async Task Invented_addresses_leave_half_of_a_domain_to_confirmed_owners()
    {
        await AddConfirmedAsync("ann@example.org");
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => TakeAsync($"invented{i}@example.org")));

        Assert.False(await TakeAsync("bob@example.org", "reset"));
        Assert.True(await TakeAsync("ann@example.org", "reset"));
    }

    [Fact]
    public async Task A_task_that_is_retried_keeps_its_grant()
    {
        var task = Guid.CreateVersion7();
        for (var i = 0; i < 10; i++)
        {
            Assert.True(await Allowance.TryTakeAsync("ann@example.org", "reset", task, TestContext.Current.CancellationToken));
        }

        Assert.True(await TakeAsync("ann@example.org", "reset"));
    }

    [Fact]
    public async Task A_task_keeps_its_grant_while_others_use_up_the_next_hour()
    {
        var task = Guid.CreateVersion7();
        Assert.True(await Allowance.TryTakeAsync("ann@example.org", "registration", task, TestContext.Current.CancellationToken));
        await AgeAsync(TimeSpan.FromHours(1.1)); // for so long the mail server was away
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await TakeAsync("ann@example.org"));
        }

        Assert.True(await Allowance.TryTakeAsync("ann@example.org", "registration", task, TestContext.Current.CancellationToken));
        Assert.False(await TakeAsync("ann@example.org"));
    }

    private Task<bool> TakeAsync(string email, string kind = "registration") =>
        Allowance.TryTakeAsync(email, kind, Guid.CreateVersion7(), TestContext.Current.CancellationToken);

    private async Task AddConfirmedAsync(string email)
    {
        await using var scope = Worker.Services.CreateAsyncScope();
        var unit = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();
        unit.Execute("INSERT INTO users (id, email, registered_at, confirmed_at) VALUES ($1, $2, $3, $3)", Guid.CreateVersion7(), email, DateTimeOffset.UtcNow);
        await unit.CommitAsync();
    }

    /// <summary>Moves all that was granted into the past.</summary>
    private async Task AgeAsync(TimeSpan by)
    {
        await using var scope = Worker.Services.CreateAsyncScope();
        var unit = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();
        var grants = await unit.QueryAsync("SELECT task_id, granted_at FROM mail_grants", [], row => (Id: row.GetGuid(0), At: row.GetFieldValue<DateTimeOffset>(1)));
        foreach (var (id, at) in grants)
        {
            unit.Execute("UPDATE mail_grants SET granted_at = $2 WHERE task_id = $1", id, at - by);
        }

        await unit.CommitAsync();
    }
}

/// <summary>On SQLite.</summary>
public sealed class SqliteMailAllowanceTests : MailAllowanceTests
{
    protected override Task<string?> PostgresAsync() => Task.FromResult<string?>(null);
}

/// <summary>On PostgreSQL.</summary>
public sealed class PostgresMailAllowanceTests : MailAllowanceTests
{
    private TestDatabase? _database;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    protected override async Task<string?> PostgresAsync() => (_database = await Servers.CreateDatabaseAsync()).ConnectionString;
}
