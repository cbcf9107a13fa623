using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tests.MassTransit.Pipeline;
using Messaging.Outbox.Tests.Stores;

namespace Messaging.Outbox.Tests.Control;

public sealed class SqliteDeadLetterGroupTests : DeadLetterGroupTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresDeadLetterGroupTests : DeadLetterGroupTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Groups of dead letters with their course, their queues and a note.</summary>
public abstract class DeadLetterGroupTests : OutboxStoreSuite
{
    private readonly DateTimeOffset _now = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

    [Fact]
    public async Task Trend_counts_the_last_24_hours_oldest_first()
    {
        var group = await AddAsync(
            ("mail", _now.AddMinutes(-1)), ("mail", _now.AddMinutes(-50)), ("log", _now.AddMinutes(-70)), ("mail", _now.AddHours(-24).AddMinutes(10)), ("mail", _now.AddDays(-3)));

        var found = await FindAsync(group);

        Assert.Equal((5L, 24), (found!.Count, found.Trend.Count));
        Assert.Equal([1L, 1, 2], [found.Trend[0], found.Trend[22], found.Trend[23]]);
        Assert.Equal(4, found.Trend.Sum());
        Assert.Equal(["log", "mail"], found.Queues);
        Assert.False(found.IsCapped);
    }

    [Fact]
    public async Task Only_the_newest_of_a_large_group_have_a_course()
    {
        var group = await AddAsync([("old", _now.AddDays(-2)), .. Enumerable.Repeat(("mail", _now.AddMinutes(-1)), DeadLetterGroups.MaxRead)]);

        var found = await FindAsync(group);

        Assert.Equal((DeadLetterGroups.MaxRead + 1, true, DeadLetterGroups.MaxRead), (found!.Count, found.IsCapped, found.Trend[23]));
        Assert.Equal("mail", Assert.Single(found.Queues));
    }

    [Fact]
    public async Task No_more_of_a_group_are_counted_than_the_limit()
    {
        var (many, two) = (await AddAsync(("mail", _now), ("mail", _now), ("mail", _now)), await AddAsync(("log", _now), ("log", _now)));

        var found = await Store.Queries.QueryAsync(DeadLetterGroupSql.Groups(2, most: 2), [many, two], reader => DeadLetterGroupSql.Read(reader, most: 2), default);

        Assert.Equal([(2L, false), (2L, true)], found.OrderBy(group => group.IsExact).Select(group => (group.Count, group.IsExact)));
    }

    [Fact]
    public async Task Groups_are_paged_by_their_ids()
    {
        var ids = new List<Guid>();
        foreach (var name in (string[])["a", "b", "c", "d", "e"])
        {
            ids.Add(await AddAsync((name, _now.AddMinutes(-1)), (name, _now)));
        }

        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        var (seen, after) = (new List<DeadLetterGroup>(), (Guid?)null);
        do
        {
            var page = await pipeline.InUnitAsync((IDeadLetterControl control) => control.ListGroupsAsync(after, limit: 2));
            seen.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(ids.Order(), seen.Select(group => group.GroupId).Order());
        Assert.Equal(5, seen.Count);
        Assert.All(seen, group => Assert.Equal((2L, true, _now.AddMinutes(-1), _now), (group.Count, group.IsExact, group.FirstAt, group.LastAt)));
    }

    [Fact]
    public async Task A_group_without_waiting_dead_letters_is_not_found()
    {
        var group = await AddAsync(("mail", _now));
        await UnderTest.ExecuteAsync($"UPDATE {UnderTest.NameOf("dead_letters")} SET state = 2");

        Assert.Null(await FindAsync(group));
        Assert.False(await NoteAsync(group, "lost"));
    }

    [Fact]
    public async Task A_note_is_replaced_and_deleted_each_time_with_an_audit_entry()
    {
        var group = await AddAsync(("mail", _now));

        Assert.True(await NoteAsync(group, "secret words"));
        Assert.True(await NoteAsync(group, "The certificate has expired.\nRedrive after 14:00."));
        var note = (await FindAsync(group))!.Note;
        Assert.Equal(("The certificate has expired.\nRedrive after 14:00.", "ann"), (note!.Text, note.Who));
        Assert.InRange(note.At, _now.AddMinutes(-1), _now.AddMinutes(5));
        Assert.True(await NoteAsync(group, ""));
        Assert.True(await NoteAsync(group, null)); // there is none to delete

        Assert.Null((await FindAsync(group))!.Note);
        Assert.Equal((3, 0), (await UnderTest.CountAsync("audit", $"action = 'dead-letter.note' AND target = '{group}'"), await UnderTest.CountAsync("audit", "details LIKE '%secret%'")));
    }

    [Fact]
    public async Task A_note_that_nobody_has_read_is_not_replaced()
    {
        var group = await AddAsync(("mail", _now));
        var none = new DeadLetterNoteCondition(At: null);
        Assert.True(await NoteAsync(group, "first", none));
        var first = new DeadLetterNoteCondition((await FindAsync(group))!.Note!.At);
        await Assert.ThrowsAsync<DeadLetterNoteConflictException>(() => NoteAsync(group, "of somebody who saw none", none));
        await Assert.ThrowsAsync<DeadLetterNoteConflictException>(() => NoteAsync(group, "", none));

        Assert.True(await NoteAsync(group, "second", first));
        await Assert.ThrowsAsync<DeadLetterNoteConflictException>(() => NoteAsync(group, "of somebody who saw the first", first));
        await Assert.ThrowsAsync<DeadLetterNoteConflictException>(() => NoteAsync(group, "", first));

        var second = (await FindAsync(group))!.Note!;
        Assert.Equal("second", second.Text);
        Assert.True(await NoteAsync(group, "", new DeadLetterNoteCondition(second.At)));
        await Assert.ThrowsAsync<DeadLetterNoteConflictException>(() => NoteAsync(group, "of somebody who saw the second", new DeadLetterNoteCondition(second.At)));
        Assert.Equal(3, await UnderTest.CountAsync("audit", $"action = 'dead-letter.note' AND target = '{group}'"));
    }

    [Fact]
    public async Task Of_many_first_notes_at_once_one_is_kept()
    {
        var group = await AddAsync(("mail", _now));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            try
            {
                return await NoteAsync(group, $"note {i}", new DeadLetterNoteCondition(At: null)) ? 1 : 0;
            }
            catch (DeadLetterNoteConflictException)
            {
                return 0;
            }
        }));

        Assert.Equal(1, outcomes.Sum());
    }

    [Fact]
    public async Task A_note_is_kept_as_long_as_its_group_waits()
    {
        var (waits, decided) = (await AddAsync(("mail", _now)), await AddAsync(("log", _now)));
        await NoteAsync(waits, "waits");
        await NoteAsync(decided, "decided");
        await UnderTest.ExecuteAsync($"UPDATE {UnderTest.NameOf("dead_letters")} SET state = 1 WHERE queue = 'log'");

        await CleanUpAsync(deadLetters: _now.AddHours(-1));
        Assert.Equal(2, await UnderTest.CountAsync("dead_letter_notes"));
        await CleanUpAsync(deadLetters: _now.AddHours(1));

        Assert.Equal(1, await UnderTest.CountAsync("dead_letter_notes", "note = 'waits'"));
        Assert.Equal(1, await UnderTest.CountAsync("dead_letter_notes"));
    }

    private async Task<DeadLetterGroup?> FindAsync(Guid id)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        return await pipeline.InUnitAsync((IDeadLetterControl control) => control.FindGroupAsync(id));
    }

    private async Task<bool> NoteAsync(Guid id, string? text, DeadLetterNoteCondition? condition = null)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        return await pipeline.InUnitAsync((IDeadLetterControl control) => control.SetNoteAsync(id, text, "ann", condition));
    }

    private async Task CleanUpAsync(DateTimeOffset deadLetters)
    {
        var never = _now.AddYears(-1);
        await using var transaction = await Store.Commits.BeginAsync(default);
        foreach (var (sql, parameters) in RetentionSql.Statements(new Retention(never, never, never, never, deadLetters, never, never), _now, UnderTest.Store.Dialect))
        {
            await transaction.Own.ExecuteAsync(sql, default, parameters);
        }

        await transaction.CommitAsync(new StagedWork(), default);
    }

    /// <summary>Stores dead letters of one group, whose error names its first queue.</summary>
    private async Task<Guid> AddAsync(params (string Queue, DateTimeOffset At)[] letters)
    {
        var group = Guid.Empty;
        await using var transaction = await Store.Commits.BeginAsync(default);
        foreach (var (queue, at) in letters)
        {
            var letter = new DeadLetter
            {
                Id = Guid.CreateVersion7(at),
                Queue = queue,
                Reason = DeadLetterReason.Failed,
                ExceptionType = letters[0].Queue,
                Headers = "{}",
                Destination = $"loopback://localhost/{queue}",
                ContentType = "application/json",
                Metadata = """{"messageTypes":[]}""",
                Body = [1],
                DeadAt = at,
            };
            group = letter.GroupId;
            await transaction.Own.ExecuteAsync(DeadLetterSql.Insert, default, DeadLetterSql.Parameters(letter));
        }

        await transaction.CommitAsync(new StagedWork(), default);
        return group;
    }
}
