using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;

namespace Messaging.Outbox.AspNetCore.Requests;

/// <summary>
/// Converts the C# path of a validation error (<c>Then[0].Kind</c>) to JSON names (<c>then[0].kind</c>). It follows the types of the
/// route's request, so that a name which a caller made up, such as a key of a dictionary, stays as it was sent.
/// </summary>
internal sealed class JsonNames(Endpoint? endpoint, JsonSerializerOptions options)
{
    private readonly IReadOnlyList<Type> _requests = endpoint is null
        ? []
        : [.. endpoint.Metadata.OfType<IAcceptsMetadata>().Select(accepts => accepts.RequestType).OfType<Type>(), .. QueryContract.RecordsOf(endpoint.Metadata)];

    public string Of(string path)
    {
        var steps = path.Split('.');
        var within = _requests.FirstOrDefault(type => Find(type, steps[0]) is not null);
        for (var i = 0; i < steps.Length && Find(within, steps[i]) is { } member; i++)
        {
            var name = NameOf(steps[i]);
            within = name.Length < steps[i].Length ? ExpectedJson.ItemOf(member.PropertyType) : member.PropertyType;
            steps[i] = member.Name + steps[i][name.Length..];
        }

        return string.Join('.', steps);
    }

    private static string NameOf(string step) => step.IndexOf('[', StringComparison.Ordinal) is >= 0 and var index ? step[..index] : step;

    private JsonPropertyInfo? Find(Type? type, string step) => type is null
        ? null
        : options.GetTypeInfo(type).Properties.FirstOrDefault(p => p.Name == NameOf(step) || (p.AttributeProvider as MemberInfo)?.Name == NameOf(step));
}
