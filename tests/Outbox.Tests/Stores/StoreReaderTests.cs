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

    [Theory]
    [InlineData("ann.smith@example.org refused", "ann.s", "@example.org refused")]
    [InlineData("no such user: <ANN.smith@example.org>", "ann", "no such user: <")]
    [InlineData("to=ann.smith%40example.org&cc=bob@example.org", "smith", "example.org&cc=", "bob")]
    [InlineData("ann&#64;example.org, bob&#X40;example.org", "ann", "example.org, ", "bob")]
    [InlineData("ann.smith@home@example.org", "home", "@example.org")]
    [InlineData("""{"to":"ann.m\u00fcller\u0040example.org"}""", "ann.m", "example.org")]
    [InlineData("""{"to":"ann\u0026#64;example.org"}""", "ann", "example.org")]
    [InlineData("for ann@example.org", "for a", "for ")]
    [InlineData("ann@example.org", "a***@", "@example")]
    public async Task What_stands_before_the_at_of_an_address_is_not_searched(string name, string hidden, string shown, string? alsoHidden = null)
    {
        await UnderTest.ExecuteAsync($"INSERT INTO things (name) VALUES ('{name}')");

        Assert.Empty(await FindAsync(hidden, hidesAddresses: true));
        Assert.Empty(await FindAsync(alsoHidden ?? hidden, hidesAddresses: true));
        Assert.Equal([name], await FindAsync(shown, hidesAddresses: true));
        Assert.Equal(hidden.Contains('*', StringComparison.Ordinal) ? [] : [name], await FindAsync(hidden, hidesAddresses: false));
    }

    [Fact]
    public async Task A_long_word_is_searched_in_a_moment()
    {
        var name = new string('a', 200_000); // by the square of its length it would take minutes, and more than a statement may
        await UnderTest.ExecuteAsync("CREATE TABLE words (name text NOT NULL)");
        await UnderTest.ExecuteAsync($"INSERT INTO words VALUES ('{name}')");

        Assert.Equal([name], await FindAsync("aaa", hidesAddresses: true, "words"));
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

    private async Task<IReadOnlyList<string>> FindAsync(string text, bool hidesAddresses, string table = "things")
    {
        var filter = new SqlFilter().AndContains("name", text, hidesAddresses);
        return await UnderTest.Reader.QueryAsync($"SELECT name FROM {table} WHERE {filter.Where}", filter.Parameters, row => row.GetString(0));
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
