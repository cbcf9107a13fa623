using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>Runs a host as a program: what is wrong at the start is said in a line, not in a stack trace.</summary>
public static class RunExtensions
{
    /// <summary>Checks all settings at once; to be called before anything is resolved that uses them.</summary>
    /// <returns>False after naming each wrong setting on the error output.</returns>
    public static bool SettingsAreValid(this IHost host)
    {
        try
        {
            host.Services.GetService<IStartupValidator>()?.Validate();
            return true;
        }
        catch (Exception exception) when (exception is OptionsValidationException or AggregateException || IsConversionFailure(exception))
        {
            Report(exception);
            return false;
        }
    }

    /// <summary>Runs until it is asked to stop.</summary>
    /// <returns>The exit code: 0, or 1 when its address is taken.</returns>
    public static async Task<int> RunToEndAsync(this IHost host)
    {
        try
        {
            await host.RunAsync();
            return 0;
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            Report(exception);
            return 1;
        }
    }

    /// <summary>Whether the binder of a section could not convert a text: its message says which setting and which type.</summary>
    private static bool IsConversionFailure(Exception exception) => exception is InvalidOperationException { InnerException: ArgumentException or FormatException };

    internal static void Report(Exception exception)
    {
        foreach (var failure in Failures(exception))
        {
            Console.Error.WriteLine($"Cannot start: {failure}");
        }
    }

    private static IEnumerable<string> Failures(Exception exception) => exception switch
    {
        OptionsValidationException options => options.Failures,
        AggregateException many => many.InnerExceptions.SelectMany(Failures),
        _ => [exception.Message],
    };
}
