using Messaging.Outbox.Figures;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Outbox.Tests.Figures;

public sealed class RowCountTests : IDisposable, IFigureStore
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogCapture _logs = new();
    private readonly RowCount _rows;
    private TaskCompletionSource<IReadOnlyList<long>> _answer = new();
    private int _asked;

    public RowCountTests() => _rows = new RowCount(this, _time, ((ILoggerProvider)_logs).CreateLogger("figures"));

    public void Dispose()
    {
        _rows.Dispose();
        _logs.Dispose();
    }

    [Fact]
    public async Task What_a_slow_count_finds_is_used_once_by_a_later_turn()
    {
        var before = _rows.Found;
        _rows.Begin(default);
        _rows.Use(before); // a reading while it counts
        Assert.Empty(_rows.Found);

        var asked = _rows.Found;
        _time.Advance(TimeSpan.FromMinutes(2));
        _answer.SetResult([-1]);
        await Eventually.True(() => _rows.Found.Count == 1, "it has counted");
        _rows.Use(asked); // by a reading that began before

        Assert.Equal([-1], _rows.Found);
        _rows.Use(_rows.Found);
        Assert.Empty(_rows.Found);
    }

    [Fact]
    public async Task The_next_count_comes_after_a_hundred_times_as_long()
    {
        _rows.Begin(default);
        _time.Advance(TimeSpan.FromSeconds(2));
        _answer.SetResult([0]);
        await Eventually.True(() => _rows.Found.Count == 1, "it has counted");
        _rows.Use(_rows.Found);
        _time.Advance(TimeSpan.FromSeconds(199));

        _rows.Begin(default);
        Assert.Equal(1, _asked);
        _time.Advance(TimeSpan.FromSeconds(1));
        _rows.Begin(default);
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task A_count_that_takes_too_long_is_logged_and_comes_again()
    {
        _rows.Begin(default);
        _time.Advance(TimeSpan.FromMinutes(10));

        await Eventually.True(() => _logs.Lines.Any(line => line.StartsWith("The rows of tasks could not be counted", StringComparison.Ordinal)), "it is logged");
        await _rows.StopAsync(); // the line is written a moment before its end
        Assert.Empty(_rows.Found);
        _rows.Use(_rows.Found);
        _answer = new TaskCompletionSource<IReadOnlyList<long>>();
        _time.Advance(TimeSpan.FromMinutes(10) * 100);
        _rows.Begin(default);
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task Nothing_is_found_after_another_process_took_over()
    {
        _rows.Begin(default);

        _rows.Forget();
        _answer.TrySetResult([-1]);
        await _rows.StopAsync();

        Assert.Empty(_rows.Found);
        Assert.DoesNotContain(_logs.Lines, line => line.StartsWith("The rows of tasks", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stop_after_the_disposal_ends_the_count()
    {
        _rows.Begin(default);
        _rows.Dispose(); // as by a host that is disposed of without a stop

        await _rows.StopAsync().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Empty(_rows.Found);
    }

    Task<IReadOnlyList<Figure>?> IFigureStore.ReadAsync(FigureTurn turn, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task IFigureStore.CatchUpAsync(FigureTurn turn, CancellationToken cancellationToken) => Task.CompletedTask;

    Task IFigureStore.ReleaseAsync(Guid holder, CancellationToken cancellationToken) => Task.CompletedTask;

    Task<IReadOnlyList<long>> IFigureStore.CountRowsAsync(CancellationToken cancellationToken)
    {
        _asked++;
        return _answer.Task.WaitAsync(cancellationToken);
    }
}
