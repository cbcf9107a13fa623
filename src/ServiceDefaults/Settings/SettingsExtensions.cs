using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Settings;

/// <summary>Binds sections to options and registers them for the check of misspelt settings.</summary>
public static class SettingsExtensions
{
    /// <summary>Binds the options to a section and validates them at the start.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="section">The section's name.</param>
    /// <param name="isPart">Whether another program reads further settings of the section.</param>
    public static OptionsBuilder<TOptions> AddSettings<TOptions>(this IServiceCollection services, string section, bool isPart = false)
        where TOptions : class =>
        services.BindSettings<TOptions>(section, isPart).ValidateDataAnnotations().ValidateOnStart();

    /// <summary>Binds the options to a section; the caller validates them.</summary>
    public static OptionsBuilder<TOptions> BindSettings<TOptions>(this IServiceCollection services, string section, bool isPart = false)
        where TOptions : class
    {
        services.AddSingleton(new SettingsSection(section, typeof(TOptions), isPart));
        return services.AddOptions<TOptions>().BindConfiguration(section);
    }

    /// <summary>Registers a section that has a subsection for each name; the options are bound elsewhere.</summary>
    internal static void AddKeyedSettings<TOptions>(this IServiceCollection services, string section)
        where TOptions : class => services.AddSingleton(new SettingsSection(section, typeof(TOptions), IsKeyed: true));

    /// <summary>Reads and validates options before the host is built.</summary>
    /// <exception cref="OptionsValidationException">A setting is invalid.</exception>
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
    /// Reads options before the host is built. If a setting is invalid the defaults are returned; the validation at the start
    /// reports it together with all others.
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
            return new TOptions(); // a value that cannot be converted
        }

        return Validator.TryValidateObject(options, new ValidationContext(options), validationResults: null, validateAllProperties: true)
            ? options
            : new TOptions();
    }
}
