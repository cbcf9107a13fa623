using Messaging.Outbox.History;
using Messaging.Outbox.Tests.Stores;
using Messaging.Outbox.Tests.Reasons;

namespace Messaging.Outbox.Tests.History;

public sealed class SqliteGraphTests : GraphTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresGraphTests : GraphTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>The tasks that a task is linked to.</summary>
public abstract class GraphTests : WorldSuite
{
    [Fact]
    public async Task A_task_without_links_is_a_graph_of_one()
    {
        var id = await World.AddAsync();

        var graph = await FindAsync(id);

        Assert.Equal((id, "Greet", TaskState.Queued, "mail"), Assert.Single(graph.Nodes) is var node ? (node.Id, node.Kind, node.State, node.Queue) : default);
        Assert.Empty(graph.Edges);
        Assert.False(graph.IsCapped);
    }

    [Fact]
    public async Task Whatever_is_connected_is_in_it_seen_from_any_task()
    {
        // a → c ← b, c → d, and b → e: a sibling that only b leads to; f is another graph.
        var ids = await AddAsync(6, [(0, 2), (1, 2), (2, 3), (1, 4)]);

        foreach (var from in ids.Take(5))
        {
            var graph = await FindAsync(from);

            Assert.Equal(from, graph.Nodes[0].Id);
            Assert.Equal(ids.Take(5).Order(), graph.Nodes.Select(n => n.Id).Order());
            Assert.Equal(
                new[] { (0, 2), (1, 2), (2, 3), (1, 4) }.Select(link => new TaskEdge(ids[link.Item1], ids[link.Item2])).OrderBy(e => (e.From, e.To)), graph.Edges.OrderBy(e => (e.From, e.To)));
        }
    }

    [Fact]
    public async Task A_large_graph_is_capped_to_the_nearest_tasks()
    {
        // A chain of 300; seen from its middle, both directions are shown equally far.
        var ids = await AddAsync(300, Enumerable.Range(0, 299).Select(i => (i, i + 1)));

        var graph = await FindAsync(ids[150]);

        Assert.True(graph.IsCapped);
        Assert.Equal(TaskGraph.MaxNodes, graph.Nodes.Count);
        Assert.Equal(TaskGraph.MaxNodes - 1, graph.Edges.Count);
        Assert.All(graph.Nodes, node => Assert.InRange(ids.IndexOf(node.Id), 50, 250));
        Assert.Contains(graph.Nodes, node => node.Id == ids[60]);
        Assert.Contains(graph.Nodes, node => node.Id == ids[240]);
    }

    [Fact]
    public async Task The_links_of_a_task_have_a_bound()
    {
        var ids = await AddAsync(TaskLinks.Max + 2, Enumerable.Range(1, TaskLinks.Max + 1).Select(i => (0, i)));

        var (first, last) = (await World.Tasks.LinksAsync(ids[0]), await World.Tasks.LinksAsync(ids[^1]));

        Assert.Equal((0, TaskLinks.Max), (first.Predecessors.Count, first.Successors.Distinct().Count()));
        Assert.Equal([ids[0]], last.Predecessors);
        Assert.Empty(last.Successors);
    }

    [Fact]
    public async Task A_linked_task_past_its_retention_is_left_out_with_its_links()
    {
        var ids = await AddAsync(3, [(0, 1), (1, 2)]);
        await UnderTest.ExecuteAsync($"DELETE FROM {UnderTest.NameOf("tasks")} WHERE pending = 0");

        var graph = await FindAsync(ids[2]);

        Assert.Equal([ids[2], ids[1]], graph.Nodes.Select(n => n.Id));
        Assert.Equal([new TaskEdge(ids[1], ids[2])], graph.Edges);
    }

    private async Task<List<Guid>> AddAsync(int count, IEnumerable<(int From, int To)> links)
    {
        var all = links.ToLookup(link => link.To, link => link.From);
        var messages = Enumerable.Range(0, count).Select(_ => ReasonWorld.MessageOf("mail")).ToList();
        var work = new StagedWork();
        for (var i = 0; i < count; i++)
        {
            work.Add(messages[i] with
            {
                Options = new StagingOptions { Id = messages[i].MessageId, Predecessors = [.. all[i].Select(from => new StagingOptions { Id = messages[from].MessageId })] },
            });
        }

        await World.CommitAsync(work);
        return messages.ConvertAll(message => message.MessageId);
    }

    private async Task<TaskGraph> FindAsync(Guid id) => (await new GraphReader(UnderTest.Own).FindAsync(id, default))!;
}
