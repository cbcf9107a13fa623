using System.Security.Cryptography;
using Messaging.Outbox.AspNetCore.Access;

namespace Messaging.Outbox.AspNetCore;

/// <summary><c>--new-key read|operate [name]</c>: creates a key and prints it once, with the settings that make it valid.</summary>
public static class NewKeyCommand
{
    public const string Argument = "--new-key";
    public const string Hint = $"The argument '{Argument} {AccessRoles.Operate}' of the program (of your own: NewKeyCommand.Run) makes one and prints its settings.";

    /// <returns>The exit code: 0, or 1 if the role or the name is invalid.</returns>
    public static int Run(string[] arguments)
    {
        var given = arguments.SkipWhile(a => a != Argument).Skip(1).ToList();
        var role = given.FirstOrDefault() ?? string.Empty;
        var key = ApiKeys.New();
        var name = given.Skip(1).FirstOrDefault() ?? $"{role}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}";
        var options = new AccessOptions { Keys = [new AccessKey { Name = name, Role = role, Hash = ApiKeys.Hash(key) }] };
        var wrong = options.Validate(new(options)).ToList();
        if (given.Count is < 1 or > 2 || wrong.Count > 0)
        {
            Console.Error.WriteLine($"Usage: {Argument} {string.Join('|', AccessRoles.All)} [name]");
            Console.Error.WriteLine("The name appears in the audit log; it must be 1 to 64 letters, digits, '.', '_', '-' or '@'.");
            return 1;
        }

        Console.WriteLine(
            $"""
            The key. It is not shown again; keep it as a secret:

              {key}

            The settings that make it valid, which contain no secret. The number is the key's index in the list of keys:

              Access__Keys__0__Name={name}
              Access__Keys__0__Role={role.ToLowerInvariant()}
              Access__Keys__0__Hash={options.Keys[0].Hash}
            """);
        return 0;
    }
}
