using System.Text.Json;
using Messaging.Outbox.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Outbox.AspNetCore.Queues;

/// <summary>What a <c>PATCH</c> of a queue may name; null clears a setting.</summary>
/// <param name="Concurrency">1 to 1,000 messages that each worker consumes at once; above its prefetch count it has no further effect.</param>
/// <param name="RateLimit">0.001 to 1,000,000 messages per second, of all workers together.</param>
/// <param name="Priority">High, Normal or Low; for what is handed on from now on.</param>
internal sealed record QueueChangeRequest(int? Concurrency, double? RateLimit, QueuePriority? Priority);

/// <summary><c>PATCH /queues/{name}</c>: what is named is set, what is null is cleared, and the rest stays.</summary>
internal static class ChangeQueue
{
    public static void MapChangeQueue(this IEndpointRouteBuilder queue) => queue.MapPatch("", HandleAsync)
        .WorksWithoutReserve()
        .WithName("ChangeQueue")
        .WithSummary("Sets concurrency, rate limit and priority")
        .WithDescription("Null clears a setting: what the workers are configured with holds again. It takes effect within a second.")
        .Accepts<QueueChangeRequest>("application/json");

    private static async Task<Results<Ok<QueueSettings>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        string name, JsonElement body, QueueControl queues, HttpContext http, CancellationToken cancellationToken)
    {
        RequestBody.EnsureReadable(body);
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var change = Read(body, errors);
        return errors.Count > 0
            ? TypedResults.ValidationProblem(errors)
            : await queues.ChangeAsync(name, change, http.Who(), cancellationToken) is { } settings
                ? TypedResults.Ok(settings)
                : QueueEndpoints.NoSuchQueue(name);
    }

    private static QueueChange Read(JsonElement body, Dictionary<string, string[]> errors)
    {
        var change = new QueueChange();
        if (body.ValueKind != JsonValueKind.Object)
        {
            errors[""] = ["An object is expected."];
            return change;
        }

        foreach (var property in body.EnumerateObject())
        {
            var value = property.Value;
            switch (property.Name)
            {
                case "concurrency":
                    change = change with { Concurrency = new(Read(ToInt32, n => n is >= 1 and <= QueueChange.MaxConcurrency)) };
                    break;
                case "rateLimit":
                    change = change with { RateLimit = new(Read(ToDouble, n => n is >= QueueChange.MinRateLimit and <= QueueChange.MaxRateLimit)) };
                    break;
                case "priority":
                    change = change with { Priority = new(Read(ToPriority, Enum.IsDefined)) };
                    break;
                default:
                    errors[property.Name] = ["There is no such setting; there are concurrency, rateLimit and priority."];
                    break;
            }

            T? Read<T>(Func<JsonElement, T?> read, Predicate<T> isInRange)
                where T : struct
            {
                if (value.ValueKind == JsonValueKind.Null)
                {
                    return null;
                }

                if (read(value) is { } found && isInRange(found))
                {
                    return found;
                }

                errors[property.Name] = [RangeOf(property.Name)];
                return null;
            }
        }

        return change;
    }

    private static string RangeOf(string setting) => setting switch
    {
        "concurrency" => "A whole number from 1 to 1000, or null.",
        "rateLimit" => "A number from 0.001 to 1000000, or null.",
        _ => "High, Normal, Low, or null.",
    };

    private static int? ToInt32(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    private static double? ToDouble(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number : null;

    private static QueuePriority? ToPriority(JsonElement value) =>
        value.ValueKind == JsonValueKind.String
        && Enum.GetNames<QueuePriority>().Contains(value.GetString(), StringComparer.OrdinalIgnoreCase)
            ? Enum.Parse<QueuePriority>(value.GetString()!, ignoreCase: true)
            : null;
}
