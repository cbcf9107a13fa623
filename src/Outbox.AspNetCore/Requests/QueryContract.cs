using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace Messaging.Outbox.AspNetCore.Requests;

/// <summary>
/// Validates the query string of a route whose handler takes records with <c>[AsParameters]</c>. Unknown parameters, and empty,
/// repeated or invalid values, are answered with a 400 that lists all errors.
/// </summary>
internal sealed class QueryContract(IEnumerable<Type> records)
{
    public IReadOnlyList<Parameter> Parameters { get; } = [.. records.SelectMany(record => record.GetProperties()).Select(property => new Parameter(property))];

    /// <summary>The records that the handler of a route takes its query string as.</summary>
    public static IReadOnlyList<Type> RecordsOf(IEnumerable<object> metadata) =>
        [.. metadata.OfType<MethodInfo>().SelectMany(method => method.GetParameters()).Where(p => p.IsDefined(typeof(AsParametersAttribute))).Select(p => p.ParameterType)];

    /// <summary>A convention for route groups: validates the query string before the route's handler runs.</summary>
    public static void Enforce(EndpointBuilder endpoint)
    {
        if (RecordsOf(endpoint.Metadata) is not { Count: > 0 } records || endpoint.RequestDelegate is not { } handler)
        {
            return;
        }

        var contract = new QueryContract(records);
        endpoint.Metadata.Add(contract);
        endpoint.RequestDelegate = http => contract.Check(http.Request.Query) is { Count: > 0 } errors
            ? TypedResults.ValidationProblem(errors).ExecuteAsync(http)
            : handler(http);
    }

    private Dictionary<string, string[]> Check(IQueryCollection query)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var (name, values) in query)
        {
            var parameter = Parameters.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            var problem = parameter is null ? $"is not known here; known are {string.Join(", ", Parameters.Select(p => p.Name))}."
                : values.Any(string.IsNullOrWhiteSpace) ? "must not be empty: set a value or omit it." // an empty filter would match everything
                : parameter.ProblemOf(values);
            if (problem is not null)
            {
                errors[parameter?.Name ?? name] = [problem];
            }
        }

        return errors;
    }

    internal sealed class Parameter(PropertyInfo property)
    {
        private readonly ValidationAttribute[] _rules = RequestRules.Of(property);
        private readonly TryRead? _read = ReaderOf(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);

        private delegate bool TryRead(string text, out object? value);

        public string Name { get; } = JsonNamingPolicy.CamelCase.ConvertName(property.Name);

        public Type Type { get; } = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;

        public bool IsList => Type.IsArray || (Type.IsGenericType && Type.GetGenericTypeDefinition() == typeof(Names<>));

        public string? ProblemOf(StringValues values)
        {
            object? value = Type.IsArray ? values.ToArray() : values.ToString();
            return values.Count > 1 && !IsList ? "must be given once."
                : _read?.Invoke(values.ToString(), out value) == false ? ExpectedJson.Of(Type)
                : _rules.FirstOrDefault(rule => !rule.IsValid(value))?.FormatErrorMessage(Name);
        }

        /// <returns>Null for strings and arrays, which are not converted.</returns>
        private static TryRead? ReaderOf(Type type) => type == typeof(string) || type.IsArray
            ? null
            : typeof(Parameter).GetMethod(nameof(Read), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type).CreateDelegate<TryRead>();

        private static bool Read<T>(string text, out object? value)
            where T : IParsable<T>
        {
            var isRead = T.TryParse(text, provider: null, out var read);
            value = read;
            return isRead;
        }
    }
}
