using System.Text.Encodings.Web;
using System.Text.Json.Serialization.Metadata;
using MassTransit;
using MassTransit.Metadata;
using MassTransit.Serialization;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>
/// MassTransit's envelope without unused data. By default it is indented, contains empty fields, and names the versions of the
/// sender's software: more than half of what is stored and sent for a small message. Receivers treat the omitted fields as
/// optional.
/// </summary>
internal static class CompactJson
{
    private static readonly string[] SentOfHost = ["machineName", "processName", "processId"];

    public static void UseCompactJson(this IBusFactoryConfigurator bus) => bus.ConfigureJsonSerializerOptions(options =>
    {
        options.WriteIndented = false;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping; // a quote takes 2 bytes instead of 6; envelopes are never embedded in HTML
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
