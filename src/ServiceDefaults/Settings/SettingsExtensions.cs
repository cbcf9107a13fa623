using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Settings;

/// <summary>Binds sections to options, and knows them: a setting that is misspelt is reported at the start.</summary>
public static class SettingsExtensions
{
    /// <summary>Binds the options to a section and checks them at the start.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="section">The section's name.</param>
    /// <param name="isPart">Whether another program reads other settings of the same section.</param>
    public static OptionsBuilder<TOptions> AddSettings<TOptions>(this IServiceCollection services, string section, bool isPart = false)
        where TOptions : class =>
        services.BindSettings<TOptions>(section, isPart).ValidateDataAnnotations().ValidateOnStart();

    /// <summary>The same for options that whoever added them checks.</summary>
    public static OptionsBuilder<TOptions> BindSettings<TOptions>(this IServiceCollection services, string section, bool isPart = false)
        where TOptions : class
    {
        services.AddSingleton(new SettingsSection(section, typeof(TOptions), isPart));
        return services.AddOptions<TOptions>().BindConfiguration(section);
    }

    /// <summary>Says that below a section there are options by name; they are bound elsewhere.</summary>
    internal static void KnowKeyedSettings<TOptions>(this IServiceCollection services, string section)
        where TOptions : class => services.AddSingleton(new SettingsSection(section, typeof(TOptions), IsKeyed: true));

    /// <summary>Reads options before the host is built.</summary>
    /// <exception cref="OptionsValidationException">A setting is wrong.</exception>
    public static TOptions ReadNow<TOptions>(this IConfiguration configuration, string section)
        where TOptions : class, new()
    {
        var options = new TOptions();
        configuration.GetSection(section).Bind(options);
        var failures = new List<ValidationResult>();
        return Validator.TryValidateObject(options, new ValidationContext(options), failures, validateAllProperties: true)
            ? options
            : throw new OptionsValidationException(section, typeof(TOptions), failures.Select(f => $"{section}: {f.ErrorMessage}"));
    }

    /// <summary>
    /// Reads options before the host is built. Where a setting is wrong these are the defaults: that it is wrong is said at the start, together with
    /// what else is.
    /// </summary>
    internal static TOptions ReadEarly<TOptions>(this IConfiguration configuration, string section)
        where TOptions : class, new()
    {
        var options = new TOptions();
        try
        {
            configuration.GetSection(section).Bind(options);
        }
        catch (InvalidOperationException)
        {
            return new TOptions(); // a text that could not be converted
        }

        return Validator.TryValidateObject(options, new ValidationContext(options), validationResults: null, validateAllProperties: true)
            ? options
            : new TOptions();
    }
}
