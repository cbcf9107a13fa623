using System.Collections.Concurrent;
using Messaging.Outbox.RabbitMq;

namespace Messaging.EndToEnd.Tests.RabbitMq;

/// <summary>One acknowledgement speaks for many, and never for a delivery that is not done.</summary>
public sealed class AcknowledgementsTests
{
    private readonly ConcurrentQueue<(ulong Tag, bool Multiple)> _sent = new();
    private readonly Acknowledgements _acknowledgements;

    public AcknowledgementsTests() => _acknowledgements = new Acknowledgements((tag, multiple, _) =>
    {
        _sent.Enqueue((tag, multiple));
        return ValueTask.CompletedTask;
    });

    [Fact]
    public async Task Deliveries_that_end_together_share_one_acknowledgement()
    {
        Deliver(1, 2, 3, 4);

        Acknowledge(3, 1, 2, 4);
        await _acknowledgements.FlushAsync();

        Assert.Equal([1, 2, 3, 4], Answered());
        Assert.True(_sent.Count <= 2, $"{_sent.Count} were sent");
        Assert.True(_sent.Last().Multiple);
    }

    [Fact]
    public async Task A_delivery_that_is_not_done_is_not_acknowledged()
    {
        Deliver(1, 2, 3);

        Acknowledge(3, 1);
        await _acknowledgements.FlushAsync();

        Assert.Equal([1, 3], Answered());
    }

    [Fact]
    public async Task A_delivery_that_is_still_coming_is_not_acknowledged()
    {
        Deliver(1, 3);

        Acknowledge(3, 1);
        await _acknowledgements.FlushAsync();
        Assert.Equal([1, 3], Answered());

        Deliver(2);
        Acknowledge(2);
        await _acknowledgements.FlushAsync();
        Assert.Equal([1, 2, 3], Answered());
    }

    [Fact]
    public async Task A_settled_delivery_blocks_no_other()
    {
        Deliver(1, 2, 3);

        _acknowledgements.Settle(2);
        Acknowledge(1, 3);

        await Eventually.True(() => !_sent.IsEmpty && _sent.Last().Tag == 3, "the last one is acknowledged");
        Assert.All(_sent, sent => Assert.True(sent.Multiple));
    }

    [Fact]
    public async Task Behind_a_long_delivery_the_others_are_acknowledged_one_by_one()
    {
        Deliver(1, 2);

        Acknowledge(2);

        await Eventually.True(() => !_sent.IsEmpty, "the second one is acknowledged");
        Assert.Equal((2ul, false), Assert.Single(_sent));
    }

    [Fact]
    public async Task After_a_missing_delivery_each_is_acknowledged_by_itself()
    {
        Deliver(1);
        Acknowledge(1);
        await _acknowledgements.FlushAsync();
        var later = Enumerable.Range(3, 100_000).Select(t => (ulong)t).ToArray();

        foreach (var tag in later)
        {
            Deliver(tag);
            Acknowledge(tag);
        }

        await _acknowledgements.FlushAsync();
        Assert.Equal([(1ul, true), .. later.Select(tag => (tag, false))], _sent);
    }

    [Fact]
    public async Task In_any_order_each_delivery_is_acknowledged_once_when_done()
    {
        var done = new ConcurrentDictionary<ulong, bool>();
        var premature = 0;
        var told = new HashSet<ulong>();
        var acknowledgements = new Acknowledgements((tag, multiple, _) =>
        {
            for (var each = multiple ? 1ul : tag; each <= tag; each++)
            {
                premature += done.ContainsKey(each) ? 0 : 1;
                told.Add(each);
            }

            return ValueTask.CompletedTask;
        });

        await Parallel.ForAsync(0, 20, async (part, _) =>
        {
            foreach (var tag in Enumerable.Range(1, 2_000).Where(t => t % 20 == part).Select(t => (ulong)t))
            {
                acknowledgements.Deliver(tag);
                if (tag % 3 == 0)
                {
                    await Task.Yield();
                }

                done[tag] = true;
                acknowledgements.Add(tag);
            }
        });
        await acknowledgements.FlushAsync();

        Assert.Equal(0, premature);
        Assert.Equal(2_000, told.Count);
    }

    private void Deliver(params ulong[] tags)
    {
        foreach (var tag in tags)
        {
            _acknowledgements.Deliver(tag);
        }
    }

    private void Acknowledge(params ulong[] tags)
    {
        foreach (var tag in tags)
        {
            _acknowledgements.Add(tag);
        }
    }

    /// <summary>The deliveries that the broker takes for answered.</summary>
    private IEnumerable<ulong> Answered() =>
        _sent.SelectMany(sent => sent.Multiple ? Enumerable.Range(1, (int)sent.Tag).Select(t => (ulong)t) : [sent.Tag]).Distinct().Order();
}
