using System.Collections.Concurrent;
using Messaging.Faults.Schedule;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Messaging.Faults.View;

/// <summary>What is seen while it runs: a live display on a terminal; elsewhere a line for each event, and the figures now and then.</summary>
internal sealed class LiveProgress
{
    private const int Shown = 14;
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(10);
    private readonly ConcurrentQueue<FaultEvent> _events = new();
    private readonly bool _isLive = AnsiConsole.Profile.Capabilities.Interactive && AnsiConsole.Profile.Out.IsTerminal;

    public void Show(FaultEvent entry)
    {
        if (_isLive)
        {
            _events.Enqueue(entry);
        }
        else
        {
            Console.WriteLine(EventText.Of(entry));
        }
    }

    /// <summary>Shows the figures until the work is over.</summary>
    public async Task RunAsync(Task work, Func<IReadOnlyList<(string Name, string Value)>> figures)
    {
        if (_isLive)
        {
            await AnsiConsole.Live(Text.Empty).StartAsync(async live =>
            {
                while (!work.IsCompleted)
                {
                    live.UpdateTarget(Draw(figures()));
                    await Task.WhenAny(work, Task.Delay(250));
                }
            });
        }

        while (!work.IsCompleted)
        {
            Console.WriteLine(string.Join(", ", figures().Select(f => $"{f.Name} {f.Value}")));
            await Task.WhenAny(work, Task.Delay(PlainInterval));
        }

        await work;
    }

    private Rows Draw(IReadOnlyList<(string Name, string Value)> figures)
    {
        var grid = new Grid();
        foreach (var _ in figures)
        {
            grid.AddColumn();
        }

        grid.AddRow([.. figures.Select(f => new Markup($"[grey]{f.Name.EscapeMarkup()}[/] {f.Value.EscapeMarkup()}"))]);
        var lines = _events.TakeLast(Shown).Select(IRenderable (e) => new Text(EventText.Of(e), Style(e.Kind)) { Overflow = Overflow.Ellipsis });
        return new Rows(lines.Prepend(new Rule()).Prepend(grid));
    }

    private static Style Style(FaultKind kind) => kind switch
    {
        FaultKind.Begin => new Style(Color.Yellow),
        FaultKind.End => new Style(Color.Green),
        FaultKind.Crash => new Style(Color.Red),
        _ => new Style(Color.Grey),
    };
}
