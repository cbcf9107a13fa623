using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Messaging.Outbox.Dashboard.SignIn;

/// <summary>What a browser signs in with; one of them.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed class SignInBody : IValidatableObject
{
    /// <summary>An access key.</summary>
    public string? Key { get; init; }

    /// <summary>The code of a link that the process printed.</summary>
    public string? Code { get; init; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => (Key, Code) switch
    {
        (null or "", null or "") => [new("is required, or 'code'.", ["key"])],
        ({ Length: > 0 }, { Length: > 0 }) => [new("excludes 'code': one of them is enough.", ["key"])],
        _ => [],
    };
}
