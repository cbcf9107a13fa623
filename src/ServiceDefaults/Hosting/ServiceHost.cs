using Messaging.ServiceDefaults.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>
/// The hosts of the processes. Settings are read once, at the start. ASP.NET would watch for changed files instead, with everything below the working
/// directory, and would wake up for each file that anybody writes there.
/// </summary>
public static class ServiceHost
{
    /// <summary>The argument that prints the help.</summary>
    public const string Help = "--help";

    /// <summary>The argument that migrates the database.</summary>
    public const string Migrate = "--migrate";

    private const string ReadSettingsOnce = "--hostBuilder:reloadConfigOnChange=false";

    /// <summary>Prints the help if it is asked for, and names an argument that is none.</summary>
    /// <param name="arguments">The program's.</param>
    /// <param name="help">Its help.</param>
    /// <param name="own">Its arguments beside <c>--help</c>, which have no value.</param>
    /// <returns>The exit code; null when the program is to run.</returns>
    public static int? TryAnswer(string[] arguments, string help, params IReadOnlyList<string> own)
    {
        if (arguments.Contains(Help, StringComparer.Ordinal))
        {
            Console.WriteLine(help);
            return 0;
        }

        if (Arguments.Problem(arguments, [Help, .. own]) is { } problem)
        {
            StartFailure.Report([problem]);
            return 1;
        }

        return null;
    }

    /// <summary>The host of an API.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] arguments) => Prepare(WebApplication.CreateBuilder(Settings(arguments)));

    /// <summary>The host of a process that answers to health checks only.</summary>
    public static WebApplicationBuilder CreateSlimBuilder(string[] arguments) => Prepare(WebApplication.CreateSlimBuilder(Settings(arguments)));

    /// <summary>Runs a program: what is wrong at its start is said in a line, and not in a stack trace.</summary>
    /// <param name="program">Builds the host and runs it until it is asked to stop.</param>
    /// <returns>The exit code: that of the program, or 1 when it could not start.</returns>
    public static async Task<int> RunAsync(Func<Task<int>> program)
    {
        try
        {
            return await program();
        }
        catch (Exception exception) when (exception is not HostAbortedException && StartFailure.LinesOf(exception) is { Count: > 0 })
        {
            StartFailure.Report(StartFailure.LinesOf(exception));
            return 1;
        }
    }

    /// <summary>In Production as in Development: a service that is not there is found now, and not by the first message that needs it.</summary>
    private static WebApplicationBuilder Prepare(WebApplicationBuilder builder)
    {
        builder.Configuration.AddSecretFiles();
        builder.Services.AddSingleton(SecretFiles.Known);
        builder.Host.UseDefaultServiceProvider(options => (options.ValidateOnBuild, options.ValidateScopes) = (true, true));
        return builder;
    }

    private static string[] Settings(string[] arguments) => [ReadSettingsOnce, .. Arguments.WithoutOwn(arguments, Help, Migrate)];
}
