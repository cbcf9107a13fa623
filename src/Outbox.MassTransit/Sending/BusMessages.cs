using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;
using Messaging.Outbox.Payloads;

namespace Messaging.Outbox.MassTransit.Sending;

/// <summary>The URNs of message types, and the JSON of MassTransit.</summary>
internal sealed class BusMessages : IBusMessages
{
    private const string Prefix = "urn:message:";

    /// <summary>An application may replace them while the bus is configured, so they are read each time.</summary>
    public JsonSerializerOptions Json => SystemTextJsonMessageSerializer.Options;

    public string? NameOf(Type type)
    {
        try
        {
            return MessageUrn.ForTypeString(type);
        }
        catch (ArgumentException)
        {
            return null; // MassTransit refuses types of the runtime and of its own
        }
    }

    /// <summary>A URN such as <c>urn:message:Shop:Changed[[Shop:Order]]</c>: the definition, and the names of its arguments without their prefix.</summary>
    public Type? MakeGeneric(string name, IEnumerable<Type> definitions, Func<string, Type?> find)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal) || name.IndexOf("[[", StringComparison.Ordinal) is not (> 0 and var start) || !name.EndsWith("]]", StringComparison.Ordinal))
        {
            return null;
        }

        // An argument has the name of its class, also if it has another one as a message.
        var arguments = GenericName.ArgumentsOf(name[start..])
            .Select(argument => argument.Contains("[[", StringComparison.Ordinal) ? MakeGeneric(Prefix + argument, definitions, find) : find(argument.Replace(':', '.')))
            .ToList();
        return arguments.Contains(null) ? null
            : definitions.Where(d => d.GetGenericArguments().Length == arguments.Count).Select(d => Made(d, [.. arguments.OfType<Type>()])).FirstOrDefault(type => type is not null && NameOf(type) == name);
    }

    private static Type? Made(Type definition, Type[] arguments)
    {
        try
        {
            return definition.MakeGenericType(arguments);
        }
        catch (ArgumentException)
        {
            return null; // an argument does not meet a constraint
        }
    }
}
