using System.Globalization;
using System.Security.Cryptography;
using Messaging.Outbox.AspNetCore.Access;

namespace Messaging.Outbox.AspNetCore;

/// <summary><c>--new-key read|operate [name]</c>: creates a key and prints it once, with the settings that make it valid.</summary>
public static class NewKeyCommand
{
    public const string Argument = "--new-key";
    public const string Hint = $"The argument '{Argument} {AccessRoles.Operate}' of the program (of your own: NewKeyCommand.Run) makes one and prints its settings.";

    /// <param name="arguments">The program's arguments.</param>
    /// <param name="settings">The program's settings: the key gets the index after those of its section <c>Access</c>. Default: none, so that it gets 0.</param>
    /// <returns>The exit code: 0, or 1 if the role or the name is invalid.</returns>
    public static int Run(string[] arguments, IConfiguration? settings = null) => Run(arguments, settings, Console.Out, Console.Error);

    internal static int Run(string[] arguments, IConfiguration? settings, TextWriter output, TextWriter error)
    {
        var given = arguments.SkipWhile(a => a != Argument).Skip(1).ToList();
        var role = given.FirstOrDefault() ?? string.Empty;
        var key = ApiKeys.New();
        var name = given.Skip(1).FirstOrDefault() ?? $"{role}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}";
        var options = new AccessOptions { Keys = [new AccessKey { Name = name, Role = role, Hash = ApiKeys.Hash(key) }] };
        var wrong = options.Validate(new(options)).ToList();
        if (given.Count is < 1 or > 2 || wrong.Count > 0)
        {
            error.WriteLine($"Usage: {Argument} {string.Join('|', AccessRoles.All)} [name]");
            error.WriteLine("The name appears in the audit log; it must be 1 to 64 letters, digits, '.', '_', '-' or '@'.");
            return 1;
        }

        var index = NextIndex(settings);
        output.WriteLine(
            $"""
            The key. It is not shown again; keep it as a secret:

              {key}

            The settings that make it valid, which contain no secret. The number is its index in the list of keys: the next one of what this process
            has in its settings. Count up if you have others elsewhere: two with one number are one key.

              Access__Keys__{index}__Name={name}
              Access__Keys__{index}__Role={role.ToLowerInvariant()}
              Access__Keys__{index}__Hash={options.Keys[0].Hash}
            """);
        return 0;
    }

    private static string NextIndex(IConfiguration? settings) =>
        ((settings?.GetSection("Access:Keys").GetChildren() ?? [])
            .Select(key => int.TryParse(key.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : -1)
            .DefaultIfEmpty(-1).Max() + 1)
        .ToString(CultureInfo.InvariantCulture);
}
