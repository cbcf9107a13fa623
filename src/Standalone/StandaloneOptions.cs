using System.ComponentModel.DataAnnotations;
using Messaging.ServiceDefaults.Files;
using Messaging.ServiceDefaults.Settings;

namespace Messaging.Standalone;

/// <summary>Settings of the standalone process; section <c>Standalone</c>. None has to be set.</summary>
internal sealed class StandaloneOptions
{
    public const string Help =
        """
        Messaging.Standalone: the API and the worker in one process, with no other component.

          (no argument)                      serve on http://localhost:8080, data in ./data
          --urls http://localhost:9000       another address
          --Standalone:DataFolder /some/dir  another folder for the database (messaging.db), mails (mails/*.eml), files
                                             and the operator's key (operator.key)
          --new-key read|operate [name]      make an access key, print it and its settings, then end; as soon as
                                             one is configured, operator.key is valid no more
          --help                             this text
        """;

    /// <summary>The name of the file in the data folder that has the key to operate with, as long as none is configured.</summary>
    public const string OperatorKeyFile = "operator.key";

    /// <summary>The folder of the database, the mails and the files. Default <c>./data</c>.</summary>
    [Required]
    public string DataFolder { get; set; } = "data";
}

internal static class StandaloneOptionsExtensions
{
    public static StandaloneOptions AddStandaloneOptions(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]))
        {
            builder.WebHost.UseUrls("http://localhost:8080");
        }

        var options = builder.Configuration.ReadNow<StandaloneOptions>("Standalone"); // before anything is written into a folder
        builder.Services.AddSettings<StandaloneOptions>("Standalone");
        builder.Services.Configure<FilesOptions>(files => files.Folder = Path.Combine(options.DataFolder, "files"));
        return options;
    }
}
