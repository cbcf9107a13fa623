using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Messaging.Outbox.AspNetCore.Hosting;

/// <summary>
/// Writes the library's enumerations as names, and reads them as nothing else. The options are those of the whole application, whose own enumerations stay as its clients know them.
/// </summary>
internal sealed class OwnEnums : JsonConverterFactory
{
    private static readonly Assembly Core = typeof(TaskState).Assembly, Api = typeof(OwnEnums).Assembly;

    private readonly JsonStringEnumConverter _names = new(namingPolicy: null, allowIntegerValues: false);

    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum && (typeToConvert.Assembly == Core || typeToConvert.Assembly == Api);

    public override JsonConverter? CreateConverter(Type typeToConvert, JsonSerializerOptions options) => _names.CreateConverter(typeToConvert, options);
}
