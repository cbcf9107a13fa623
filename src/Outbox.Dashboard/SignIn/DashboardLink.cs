using Messaging.Outbox.AspNetCore.Access;

namespace Messaging.Outbox.Dashboard;

/// <summary>
/// <c>--dashboard-link</c>: prints a link that signs in to the dashboard of a process that runs, for the user who can read its operator's key.
/// </summary>
public static class DashboardLink
{
    /// <summary>The argument of the program.</summary>
    public const string Argument = "--dashboard-link";

    /// <summary>Prints a link to standard output. It signs in once, for ten minutes.</summary>
    /// <param name="operatorKeyFile">The file that was given to <see cref="OutboxApiExtensions.AddOutboxApi"/>.</param>
    /// <param name="url">The dashboard's address, such as <c>http://localhost:8080/dashboard</c>.</param>
    /// <returns>The exit code: 0, or 1 if there is no key in the file.</returns>
    public static int Print(string operatorKeyFile, string url) => Print(operatorKeyFile, url, Console.Out);

    /// <inheritdoc cref="Print(string, string)" />
    /// <param name="operatorKeyFile">As there.</param>
    /// <param name="url">As there.</param>
    /// <param name="output">Where it is printed.</param>
    public static int Print(string operatorKeyFile, string url, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(output);
        if (!File.Exists(operatorKeyFile))
        {
            Console.Error.WriteLine($"There is no operator's key in {Path.GetFullPath(operatorKeyFile)}: start the process first, in the same folder.");
            return 1;
        }

        var key = OperatorKeyFile.ReadOrCreate(operatorKeyFile);
        output.WriteLine(With(SignIn.SignInCode.New(Convert.FromHexString(key.Hash), DateTimeOffset.UtcNow), url));
        return 0;
    }

    // After the '#': a browser sends it to nobody, so it is in no log of a server or a proxy.
    internal static string With(string code, string url) => $"{url.TrimEnd('/')}/#code={code}";
}
