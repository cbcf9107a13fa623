using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Signing;

/// <summary>Validates the keys at the start. Errors do not contain the key.</summary>
internal sealed class SigningOptionsCheck : IValidateOptions<OutboxOptions>
{
    public ValidateOptionsResult Validate(string? name, OutboxOptions options)
    {
        var failures = new List<ValidationResult>();
        Validator.TryValidateObject(options.Signing, new ValidationContext(options.Signing), failures, validateAllProperties: true);
        var errors = failures.ConvertAll(f => $"Outbox:Signing: {f.ErrorMessage}");
        for (var i = 0; i < options.Signing.Keys.Count; i++)
        {
            if (SigningKeys.ErrorOf(options.Signing.Keys[i]) is { } error)
            {
                errors.Add($"Outbox:Signing:Keys:{i}: {error}");
            }
        }

        if (options.Signing.Keys.GroupBy(k => k.Id, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            errors.Add($"Outbox:Signing:Keys: two keys have the id '{twice.Key}'; ids must be unique, because a message names the key that signed it.");
        }

        if (options.Signing.Keys.Count == 0 && options.Signing.AcceptUnsigned.Count > 0)
        {
            errors.Add("Outbox:Signing:AcceptUnsigned has no effect without Outbox:Signing:Keys: without a key everything is accepted.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
