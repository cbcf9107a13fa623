using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.Validation;

#pragma warning disable ASP0029 // The API of the resolvers is experimental. Only this file uses it.

namespace Messaging.Outbox.AspNetCore.Requests;

/// <summary>
/// Validates types that the source generator of AddValidation skips: internal ones, and all types of a project that does not call
/// it. It replaces the default error messages, which are worded for forms (docs/decisions/0040).
/// </summary>
internal sealed class RequestRules : IValidatableInfoResolver
{
    /// <summary>The framework asks anew for each value of each request.</summary>
    private readonly ConcurrentDictionary<Type, IValidatableInfo?> _known = new();

    public bool TryGetValidatableTypeInfo(Type type, [NotNullWhen(true)] out IValidatableInfo? validatableInfo)
    {
        validatableInfo = _known.GetOrAdd(type, Read);
        return validatableInfo is not null;
    }

    public bool TryGetValidatableParameterInfo(ParameterInfo parameterInfo, [NotNullWhen(true)] out IValidatableInfo? validatableInfo)
    {
        validatableInfo = null;
        return false;
    }

    /// <summary>The validation attributes of a property, and of the record's constructor parameter of the same name.</summary>
    public static ValidationAttribute[] Of(PropertyInfo property) =>
    [
        .. property.GetCustomAttributes<ValidationAttribute>()
            .Concat(property.DeclaringType!.GetConstructors().SelectMany(c => c.GetParameters()).Where(p => p.Name == property.Name).SelectMany(p => p.GetCustomAttributes<ValidationAttribute>()))
            .Select(Worded),
    ];

    private static Rules? Read(Type type) =>
        type.IsClass && (typeof(IValidatableObject).IsAssignableFrom(type) || type.GetProperties().Any(p => Of(p).Length > 0)) ? new Rules(type) : null;

    private static ValidationAttribute Worded(ValidationAttribute rule)
    {
        var words = rule switch
        {
            RequiredAttribute => "is required.",
            RangeAttribute => "must be {1} to {2}.",
            MaxLengthAttribute => "must have at most {1} items.",
            _ => null,
        };
        if (words is not null && rule is { ErrorMessage: null, ErrorMessageResourceName: null })
        {
            rule.ErrorMessage = words;
        }

        return rule;
    }

    private sealed class Rules(Type type) : ValidatableTypeInfo(type, [.. type.GetProperties().Select(p => new Rule(type, p))])
    {
        protected override ValidationAttribute[] GetValidationAttributes() => [];
    }

    private sealed class Rule(Type type, PropertyInfo property) : ValidatablePropertyInfo(type, property.PropertyType, property.Name, property.Name)
    {
        private readonly ValidationAttribute[] _rules = Of(property);

        protected override ValidationAttribute[] GetValidationAttributes() => _rules;
    }
}

internal static class RequestRulesExtensions
{
    public static void AddRequestRules(this IServiceCollection services) => services.AddValidation(options => options.Resolvers.Add(new RequestRules()) /* after those of the generator */);
}
