using System.Text;

namespace Messaging.EndToEnd.Tests.Fuzz;

/// <summary>Makes the path and the query of a request.</summary>
internal sealed class TargetMaker(ValueMaker values)
{
    public string Make(FuzzOperation operation, double wrong, Random random)
    {
        var target = new StringBuilder(operation.Path);
        foreach (var parameter in operation.Parameters.Where(p => p.In == "path"))
        {
            target.Replace($"{{{parameter.Name}}}", random.NextDouble() < wrong ? Segment(random) : Escape(values.Valid(operation.Path, parameter.Name, parameter.Schema, random)));
        }

        if (random.NextDouble() < wrong / 4)
        {
            _ = random.Next(4) switch
            {
                0 => target.Append('/'),
                1 => target.Append('/').Append(Segment(random)),
                2 => target.Replace("/", "//"),
                _ => target.Replace('s', 'S'),
            };
        }

        var query = operation.Parameters.Where(p => p.In == "query" && random.Next(3) == 0)
            .SelectMany(p => Enumerable.Repeat(p, random.NextDouble() < wrong / 4 ? 2 : 1))
            .Select(p => $"{Escape(p.Name)}={(random.NextDouble() < wrong ? OddQuery(random) : Escape(values.Valid(operation.Path, p.Name, p.Schema, random)))}")
            .ToList();
        if (random.NextDouble() < wrong / 3)
        {
            query.Add($"{OddQuery(random)}={OddQuery(random)}");
        }

        return query.Count == 0 ? target.ToString() : $"{target}?{string.Join('&', query)}";
    }

    private string Segment(Random random) => random.Next(2) == 0 ? OddValues.Segments[random.Next(OddValues.Segments.Length)] : Escape(values.Odd(random));

    private string OddQuery(Random random) => random.Next(5) == 0 ? OddValues.Segments[random.Next(OddValues.Segments.Length)] : Escape(values.Odd(random));

    private static string Escape(string value) => Uri.EscapeDataString(value);
}
