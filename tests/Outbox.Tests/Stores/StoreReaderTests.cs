namespace Messaging.Outbox.Tests.Stores;

public sealed class SqliteStoreReaderTests : StoreReaderTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresStoreReaderTests : StoreReaderTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>What a use case reads by SQL of its own.</summary>
public abstract class StoreReaderTests : StoreSuite
{
    [Theory]
    [InlineData("order", new[] { "Order 1%", "an ORDER_2" })]
    [InlineData("ORDER", new[] { "Order 1%", "an ORDER_2" })]
    [InlineData("1%", new[] { "Order 1%" })]
    [InlineData("r_2", new[] { "an ORDER_2" })]
    [InlineData("_", new[] { "an ORDER_2" })]
    [InlineData("\\", new[] { "back\\slash" })]
    [InlineData("Über", new[] { "Über" })]
    [InlineData("nothing", new string[0])]
    public async Task A_text_is_found_in_either_case(string text, string[] expected)
    {
        await UnderTest.ExecuteAsync("INSERT INTO things (name) VALUES ('Order 1%'), ('an ORDER_2'), ('back\\slash'), ('Über')");
        var filter = new SqlFilter().AndContains("name", text);

        var found = await UnderTest.Reader.QueryAsync($"SELECT name FROM things WHERE {filter.Where}", filter.Parameters, row => row.GetString(0));

        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_statement_ends_when_nobody_waits_for_it()
    {
        const string Endless = "WITH RECURSIVE endless (n) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT n + 1 FROM endless) SELECT count(*) FROM endless";
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        Task reading = UnderTest.Store.Queries.QueryAsync(Endless, [], row => row.GetInt64(0), deadline.Token);
        await reading.WaitAsync(TimeSpan.FromSeconds(30)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        Assert.True(reading.IsFaulted || reading.IsCanceled);
    }

    [Fact]
    public async Task Pages_have_no_gap_and_the_last_one_is_marked()
    {
        await UnderTest.ExecuteAsync("CREATE TABLE notes (id uuid NOT NULL PRIMARY KEY, name text NOT NULL)");
        for (var i = 1; i <= 5; i++)
        {
            var id = Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddDays(i)).ToString().ToUpperInvariant();
            await UnderTest.ExecuteAsync($"INSERT INTO notes VALUES ('{id}', '{(i == 3 ? "other" : "note")} {i}')");
        }

        var (names, after) = (new List<string>(), (Guid?)null);
        do
        {
            var page = await UnderTest.Reader.PageAsync(
                "notes", "id, name", new SqlFilter().And("id <", after), match => match.AndContains("name", "note"), 3, row => row.GetString(1));
            names.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(["note 5", "note 4", "note 2", "note 1"], names);
    }

    /// <summary>The scan of the rare ones ends far above that of the others: a page that is full must not go past it.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Pages_of_two_states_miss_no_match(int limit)
    {
        await UnderTest.ExecuteAsync("CREATE TABLE jobs (id uuid NOT NULL PRIMARY KEY, state int NOT NULL, name text NOT NULL)");
        var expected = new List<string>();
        for (var i = 60; i >= 1; i--)
        {
            var (state, isMatch) = i > 30 || i % 10 == 0 ? (1, i % 10 == 0) : (2, i % 3 == 0);
            var name = $"{(isMatch ? "note" : "other")} {i}";
            await UnderTest.ExecuteAsync($"INSERT INTO jobs VALUES ('{Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddDays(i)).ToString().ToUpperInvariant()}', {state}, '{name}')");
            expected.AddRange(isMatch ? [name] : []);
        }

        var (names, after) = (new List<string>(), (Guid?)null);
        do
        {
            var page = await UnderTest.Reader.PageAsync(
                "jobs", "id, name", new SqlFilter().And("id <", after), ["state = 1", "state = 2"], match => match.AndContains("name", "note"), limit, row => row.GetString(1), scanLimit: 12);
            names.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(expected, names);
    }
}
