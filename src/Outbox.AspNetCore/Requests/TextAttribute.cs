using System.ComponentModel.DataAnnotations;

namespace Messaging.Outbox.AspNetCore;

/// <summary>Requires a string of 1 to the maximum number of characters, without control characters. Null is valid.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class TextAttribute : StringLengthAttribute
{
    /// <param name="maxLength">The maximum length in UTF-16 code units.</param>
    public TextAttribute(int maxLength)
        : base(maxLength)
    {
        MinimumLength = 1;
        ErrorMessage = "must be 1 to {1} characters without control characters.";
    }

    /// <summary>Whether tabs and line breaks are allowed. Default false.</summary>
    public bool HasLines { get; set; }

    /// <inheritdoc />
    public override bool IsValid(object? value) =>
        base.IsValid(value) && (value is not string text || !text.Any(c => char.IsControl(c) && !(HasLines && c is '\t' or '\r' or '\n')));
}
