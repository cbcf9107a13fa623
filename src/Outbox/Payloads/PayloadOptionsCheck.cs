using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Payloads;

/// <summary>Validates the sizes, which are nested too deeply for the validation of the options themselves.</summary>
internal sealed class PayloadOptionsCheck : IValidateOptions<OutboxOptions>
{
    public ValidateOptionsResult Validate(string? name, OutboxOptions options)
    {
        var errors = ErrorsOf("Outbox:Payloads", options.Payloads)
            .Concat(options.Payloads.Types.SelectMany(type => ErrorsOf($"Outbox:Payloads:Types:{type.Key}", type.Value)))
            .ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> ErrorsOf(string section, object options)
    {
        var failures = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), failures, validateAllProperties: true);
        return failures.Select(f => $"{section}: {f.ErrorMessage}");
    }
}
