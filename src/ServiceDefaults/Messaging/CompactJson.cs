using System.Text.Encodings.Web;
using System.Text.Json.Serialization.Metadata;
using MassTransit;
using MassTransit.Metadata;
using MassTransit.Serialization;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>
/// MassTransit's envelope without what nobody reads. As it comes it is indented, names each field that is empty, and tells the versions of its
/// sender's software: more than half of what would be stored and sent for a small message. What is left out is optional to whoever reads it.
/// </summary>
internal static class CompactJson
{
    private static readonly string[] SentOfHost = ["machineName", "processName", "processId"];

    public static void UseCompactJson(this IBusFactoryConfigurator bus) => bus.ConfigureJsonSerializerOptions(options =>
    {
        options.WriteIndented = false;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping; // a quote is 2 bytes and not 6; no page shows an envelope as HTML
        options.TypeInfoResolver = (options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(LeaveOut);
        return options;
    });

    private static void LeaveOut(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (type.Type == typeof(JsonMessageEnvelope))
            {
                property.ShouldSerialize = (_, value) => value is not null;
            }
            else if (type.Type == typeof(BusHostInfo) && !SentOfHost.Contains(property.Name))
            {
                property.ShouldSerialize = (_, _) => false;
            }
        }
    }
}
