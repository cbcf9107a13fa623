using FsCheck;
using FsCheck.Fluent;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Control;

public sealed class SqliteInterleavingTests : InterleavingTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresInterleavingTests : InterleavingTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>
/// Whatever happens to a task at once and in whatever order - attempts that succeed, fail, are dead-lettered or die, duplicates,
/// orders to cancel and to retry - it ends in one state, with the effect of each of its consumers once or not at all, and it is never lost. FsCheck makes
/// up the histories, and shortens one that breaks the rule.
/// </summary>
public abstract class InterleavingTests : StoreSuite
{
    private const int Histories = 150;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Any_interleaving_ends_in_one_legal_state_with_at_most_one_effect(int consumers)
    {
        var step = Gen.Elements(Enum.GetValues<Step>());
        var histories = Gen.ListOf(Gen.ListOf(step, 10), 3).ToArbitrary(); // three actors, ten steps each
        var property = Prop.ForAll(histories, actors => RunAsync(consumers, [.. actors.Select(a => a.ToArray())]).GetAwaiter().GetResult());

        // FsCheck blocks; on one of xunit's few threads it would wait for itself.
        await Task.Run(() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(Histories), property));
    }

    private async Task<Property> RunAsync(int consumers, IReadOnlyList<Step[]> actors)
    {
        await using var task = await TaskInTheWorld.CreateAsync(UnderTest, consumers);
        await Task.WhenAll(actors.Select(steps => Task.Run(async () =>
        {
            foreach (var step in steps)
            {
                await task.DoAsync(step);
            }
        })));

        // Whoever is left delivers what there is, until nothing is.
        await task.DrainAsync();
        var (state, effects, dead, rows) = await task.LookAsync();
        var legal = state switch
        {
            TaskState.Succeeded => effects == consumers, // each once
            TaskState.Cancelled => effects < consumers, // of those that were done before
            TaskState.Failed => effects < consumers && dead > 0 && effects + dead == consumers,
            _ => false,
        };
        return (legal && rows == 0).Label($"{state}, {effects} effects, {dead} dead letters, {rows} rows in the outbox");
    }
}
