using System.Text.Json;

namespace Messaging.EndToEnd.Tests.Telemetry;

/// <summary>Grafana's board.</summary>
internal sealed class Board
{
    private Board(JsonElement root)
    {
        Panels = [.. root.GetProperty("panels").EnumerateArray().Select(Panel.Of)];
        Variables = [.. root.GetProperty("templating").GetProperty("list").EnumerateArray().Select(v => (v.GetProperty("name").GetString()!, v.GetProperty("query").GetProperty("query").GetString()!))];
    }

    public IReadOnlyList<Panel> Panels { get; }

    /// <summary>The variables, each with the query for its values.</summary>
    public IReadOnlyList<(string Name, string Query)> Variables { get; }

    public static Board Read()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Deployed.BoardPath));
        return new Board(document.RootElement);
    }

    /// <param name="Id">Unique on the board.</param>
    /// <param name="Type">Such as <c>timeseries</c>; <c>row</c> for a heading.</param>
    /// <param name="Title">The title.</param>
    /// <param name="Description">What to do when it looks wrong.</param>
    /// <param name="Unit">Of the axis or the figure; null for a heading.</param>
    /// <param name="Queries">Each with its legend.</param>
    /// <param name="Place">Left, top, right and bottom in Grafana's grid.</param>
    internal sealed record Panel(
        int Id, string Type, string Title, string Description, string? Unit, IReadOnlyList<(string Query, string Legend)> Queries, (int Left, int Top, int Right, int Bottom) Place)
    {
        public static Panel Of(JsonElement panel)
        {
            var grid = panel.GetProperty("gridPos");
            var (x, y) = (grid.GetProperty("x").GetInt32(), grid.GetProperty("y").GetInt32());
            return new Panel(
                panel.GetProperty("id").GetInt32(),
                panel.GetProperty("type").GetString()!,
                panel.GetProperty("title").GetString()!,
                panel.TryGetProperty("description", out var description) ? description.GetString()! : "",
                panel.TryGetProperty("fieldConfig", out var fields) ? fields.GetProperty("defaults").GetProperty("unit").GetString() : null,
                panel.TryGetProperty("targets", out var targets)
                    ? [.. targets.EnumerateArray().Select(t => (t.GetProperty("expr").GetString()!, t.GetProperty("legendFormat").GetString()!))]
                    : [],
                (x, y, x + grid.GetProperty("w").GetInt32(), y + grid.GetProperty("h").GetInt32()));
        }

        public bool Overlaps(Panel other) =>
            Place.Left < other.Place.Right && other.Place.Left < Place.Right && Place.Top < other.Place.Bottom && other.Place.Top < Place.Bottom;
    }
}
