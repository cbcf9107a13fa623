using System.ComponentModel.DataAnnotations;
using Messaging.ServiceDefaults.Files;
using Messaging.ServiceDefaults.Settings;

namespace Messaging.Standalone;

/// <summary>Settings of the standalone process; section <c>Standalone</c>. All are optional.</summary>
internal sealed class StandaloneOptions
{
    public const string Help =
        """
        Messaging.Standalone: the API and the worker in one process, without other components.

          (no argument)                      serve on http://localhost:8080, data in ./data
          --urls http://localhost:9000       listen on another address
          --Standalone:DataFolder /some/dir  another folder for the database (messaging.db), mails (mails/*.eml), files
                                             and the operator's key (operator.key)
          --new-key read|operate [name]      create an access key, print it and its settings, and exit; once an access
                                             key is configured, operator.key is no longer valid
          --dashboard-link                   print a link that signs a browser in to the dashboard of the process that runs on
                                             the data folder, once and for ten minutes, and exit
          --help                             print this help
        """;

    /// <summary>The name of the file in the data folder that holds the operator's access key, as long as none is configured.</summary>
    public const string OperatorKeyFile = "operator.key";

    /// <summary>Where it listens unless the settings say otherwise.</summary>
    public const string DefaultUrl = "http://localhost:8080";

    /// <summary>The folder of the database, the mails and the files. Default <c>./data</c>.</summary>
    [Required]
    public string DataFolder { get; set; } = "data";
}

internal static class StandaloneOptionsExtensions
{
    public static StandaloneOptions AddStandaloneOptions(this WebApplicationBuilder builder)
    {
        var urls = builder.Configuration[WebHostDefaults.ServerUrlsKey];
        if (string.IsNullOrEmpty(urls))
        {
            builder.WebHost.UseUrls(urls = StandaloneOptions.DefaultUrl);
        }

        builder.AddDashboardHosts(urls);

        var options = builder.Configuration.ReadNow<StandaloneOptions>("Standalone"); // validated before anything is written to a folder
        builder.Services.AddSettings<StandaloneOptions>("Standalone");
        builder.Services.Configure<FilesOptions>(files => files.Folder = Path.Combine(options.DataFolder, "files"));
        return options;
    }
}
