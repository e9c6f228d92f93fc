/// Keys for tests; none of them protects anything.
enum KeyFixtures {
    /// A P-256 key in PKCS#8.
    static let pkcs8 = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgButMmKA1afW2YZRV
        jvRvw55vvCkw9fmlIYM+UgXeCdOhRANCAASENSnG7jWABUxlmBdP/Sws6RoGNZfD
        jB8dJVYqs9/+L4/kryBxaek6GrPfIXAd1IiJbKv23TSk8Rj/2EKGzPD1
        -----END PRIVATE KEY-----
        """

    /// The same key in SEC 1.
    static let sec1 = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIAbrTJigNWn1tmGUVY70b8Oeb7wpMPX5pSGDPlIF3gnToAoGCCqGSM49
        AwEHoUQDQgAEhDUpxu41gAVMZZgXT/0sLOkaBjWXw4wfHSVWKrPf/i+P5K8gcWnp
        Ohqz3yFwHdSIiWyr9t00pPEY/9hChszw9Q==
        -----END EC PRIVATE KEY-----
        """

    /// The public half.
    static let publicKey = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEhDUpxu41gAVMZZgXT/0sLOkaBjWX
        w4wfHSVWKrPf/i+P5K8gcWnpOhqz3yFwHdSIiWyr9t00pPEY/9hChszw9Q==
        -----END PUBLIC KEY-----
        """

    /// The public half with a compressed point.
    static let compressedPublicKey = """
        -----BEGIN PUBLIC KEY-----
        MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgADhDUpxu41gAVMZZgXT/0sLOkaBjWX
        w4wfHSVWKrPf/i8=
        -----END PUBLIC KEY-----
        """

    /// The same key, encrypted with PKCS#5.
    static let encryptedPKCS8 = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjuR11tHqCYvgICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEDbW4IR3gYLMiIQFSSi6bhUEgZC3
        D2KQT2M/plIQ7dn8QQ3/nAetoMdUHtXF54Y9SePXAs6wTuXTK8Aep0SqAUT3uvaX
        G9I/G/lnnIkIpc9iz+NWSRhfctxM8LE8NMhd9te+ZwerkRDx4jaG/SeyYNw/oK0D
        6xAPwWzlQvO5JbbveFuAM0ik8ahGZ9qhKsVNkA2hjL7sfEZ4tCtoUjSgSH0C4PI=
        -----END ENCRYPTED PRIVATE KEY-----
        """

    /// The same key, encrypted with the legacy PEM encryption.
    static let encryptedSEC1 = """
        -----BEGIN EC PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-128-CBC,C936BB257A839E6A4BA2521C1291A7E9

        DYAjclvW2wS9iP3OeL6AB13ve+4fPhZrCi2IegAJ74CVhUQ6LYqCCMq6+X2mCPwv
        BDR9zwWzWVhnpuYcSJzjIcC86M3Q67SfG0sWf+qxFvx2u2uSZBdDRvx23+iX/yYM
        DRnrUx40+BAFZVIHHD2hte68EVsjjYoT56n3y6v38x0=
        -----END EC PRIVATE KEY-----
        """

    /// The same key with explicit curve parameters.
    static let explicitCurve = """
        -----BEGIN EC PRIVATE KEY-----
        MIIBaAIBAQQgButMmKA1afW2YZRVjvRvw55vvCkw9fmlIYM+UgXeCdOggfowgfcC
        AQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAAAAAAAAAAAAAA////////////////
        MFsEIP////8AAAABAAAAAAAAAAAAAAAA///////////////8BCBaxjXYqjqT57Pr
        vVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSdNgiG5wSTamZ44ROdJreBn36QBEEE
        axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54W
        K84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA//////////+85vqtpxeehPO5ysL8
        YyVRAgEBoUQDQgAEhDUpxu41gAVMZZgXT/0sLOkaBjWXw4wfHSVWKrPf/i+P5K8g
        cWnpOhqz3yFwHdSIiWyr9t00pPEY/9hChszw9Q==
        -----END EC PRIVATE KEY-----
        """

    /// The public half with explicit curve parameters.
    static let explicitCurvePublicKey = """
        -----BEGIN PUBLIC KEY-----
        MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAA
        AAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA////
        ///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSd
        NgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5
        RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA
        //////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABIQ1KcbuNYAFTGWYF0/9LCzp
        GgY1l8OMHx0lViqz3/4vj+SvIHFp6Toas98hcB3UiIlsq/bdNKTxGP/YQobM8PU=
        -----END PUBLIC KEY-----
        """

    /// A key on an unsupported curve.
    static let secp256k1 = """
        -----BEGIN EC PRIVATE KEY-----
        MHQCAQEEIBG++1+8F1Q/VX/tZkk32f1ssmrZIvgn8XH9y/2C66O7oAcGBSuBBAAK
        oUQDQgAEv7pzfNGZ1CKcoMMLHGs9CW/hwiKH1/KNWKV+QamZQsvGssGcqDPxgfyw
        h4Cad+r7YMaEP5Cowlpf2nvUZpk8/Q==
        -----END EC PRIVATE KEY-----
        """

    /// A key for key agreement.
    static let x25519 = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VuBCIEIMDIit/K3i6Aib2nN5y/5rNLZ/fOArmPZU8MROi5YJRr
        -----END PRIVATE KEY-----
        """

    /// An Ed25519 key.
    static let ed25519 = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEICgkKqlJIAuvsrOza/3GcPVlZu7oeRIuauNyGbfis07h
        -----END PRIVATE KEY-----
        """

    /// An RSA key of 2048 bits in PKCS#1.
    static let rsaPKCS1 = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEogIBAAKCAQEAyoRmE8I69BmH2BvoYJpg9uPFmqTob4gUaSWI/IwypH0uFrid
        zkYgs+CxTErsXeICs37SFZO828DK4qTL+dfGCwvI3InXAUyPicJXOu4x4fopuOqc
        MVgKwxvIqbXTVcTeMHcJm4xQX+5EwE0yof3w2Fyx6xcidwfwz5EcQek0lT7uDcTL
        0jnwahb57p2vw9zLcsfQvovPdLneFSUg+a+xLsoxRj+BUAyJnO7v257qMLZaahQ6
        uNX3fnF5+jT5wNMQ8aq6UQqUuuV0l+bCoiUzrg7fnhnejowZmSLviUfIFHcPPnPS
        PDnG5zoU/PkbNH09L2CCfUY1kYR+Vz9iSJ2AHwIDAQABAoIBAA1+NcjiO4hQ/SaO
        cXSiRIyej2dmzl/D+swoppBhDOy9tGjqIwV/0aT6dwWkxkvZB6IK9JdgcQhZN4tT
        PI3obPcGcXsUKgGZpsSgcKxp+2PZhZce9oopGgp22u9HwI1p4P3sqHS3LBHAL896
        NUHqx/W6c1Y9A9xXaJmDyxSvI4Q//0JH8rCI5p98o8aK1p8ukQTIm3X0TGazJpM1
        4zEahwwFcpE+LNAbUv/SNPMF5vz9bMDCuSHlJALDk1laHq9kT7tcX1kdSfm9GJxz
        egdnHAYuEPaXKbcR0A534MDKuL92tWqu8of4FZ9AC0r86lTW7CyO4PE+HwpObWxC
        ogh4Hy0CgYEA7J5odTVFHpngmM3PKXC6Ay3UxYFYgTXRGdb9kvwinA1gtmyHv0jA
        wCq5zOBW5yZN0XaoN1QtI+34DNJzCXWi+ydSWyxVnOsY0M/LPw7JYcUg4/Hbqvbj
        4+dlisZzMhs6CPx9FuOutM1j8abGK9zV9T7Fm6x0L0XDPTs0qzBUkw0CgYEA2xrs
        iT1UFMX3ZbhEGAs/JYa5C9neeqgdT4Wu3859NvxFehs/+i2DejsdQlWMUCSex/cd
        7UEOYD+P9ll54eZY+JVeVugqTpvwQ+R6dqe5TpDV4OZdjLkS0VXukdYP20ph4Rf+
        dUpCsFkdqXJjDMnCIcYnufzCLatDGjLfz731hNsCgYAz7PdjcVM/yej933xsza4k
        cHRW+3GeuV6v2vw+u1IlCNKGdf68PYz/HuEzUq//fepp4y47Jh/Z2KkstypDkys3
        DoQGOg53pygE+vTRW79Z01bKbxMTy6ZrJyajc7Vn842i1zXkRgba6o/aQg0PJyFU
        9neLGCdPEHIuB8YhIzQMKQKBgCQsecjeuzcCyCmfFn7xvGcxqvNt8PFHOC+c3pZM
        vReK5t2WCiX/xak0gUwmW5gPs7dH8UTubLUvSVFezGSjZyUDZCPtCK8Zx70tx5o3
        bryt5OHQprlJBPZSvaSONuf5i9dh4rzymbgLvn3vSLMfzFFPKdfnBxgLInT82T6v
        Gg3pAoGAO6Nd1pYKFazngNi1RnxLu8KFgKkGrGZQ7OgaKn6H43U3h7KX0cxsKgGT
        dk9RF4XP3Y4qChAkMFgkhttQA8+DpRqvaDGG7jtWRTP6Nz93i4uoKP/3sTULSCXn
        o6eItCvjX52h2EDvQx0Sl8myUqxjj9KneqGFNND2rp2R3MHGe+8=
        -----END RSA PRIVATE KEY-----
        """

    /// An RSA key of 1024 bits.
    static let rsa1024 = """
        -----BEGIN PRIVATE KEY-----
        MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBALutufYfgNEs0gVI
        8q/rtO8fqb6GbwbtT6jLQuM0Bpxi/6pORADtcIRbL2rCx5qzdvjSJWiF8u0uHYq2
        9J4HRZacQpsHs76Mg1RDcSWKUc3KVzbDdDSNq4gUCnROMZIRG1Qg04aww6fhxcA3
        Zs58KRFacISgO6GLCQmuGQRyRzQtAgMBAAECgYA0u3VasDNTkpJYJcz6nPGzlmPt
        QnyDp74QITxj9kQ9QJuxUFhPImfQ6IYEK0JGN1KgSvtzyN8ewSxPw2Qr2sM0OPMq
        1JFTzUj3HoJg7QDTd3P4NYQOdC3uFZSi136Ce94fSxii3LxbQA6FUrvavIzqoA7Y
        8WndK+GLLxGhccycgQJBAN/5Hiz3qgph52TOHovUli8j65Wvv5tlAOvtcMONU5xX
        G6LWk2DlN/20WQtrUkbxWPjGw6bP176i1o4ZOTbY8d0CQQDWg/4KMg0hqiLxlDcT
        0ad9SkPmqqBf2XIPPub0z1BpsRMiGAFVm4nh/F0BbKibUnrkKLJ7+1ZFwf8tR1Qt
        6q6RAkAm3udbyofaUW+FUTh/8B84gzVpvxyz7W2hhI3jgm2WXo/PTQo68M0s3NXv
        Y2reIRjd5DEkjEHXNg+ijcIeQLyJAkEAw9a2uyockOpZgoEUk1Ro+1osiU6moTrM
        BZ0gjskhmYwecpbFyRj5lUWmxyEjAMIZDWkWIVhA1+iXBQhEkrLY8QJBAKqJmX3U
        os8M3yJacpT9QxmvMnC6hkqJHpO4Fnqh3tsGtJdjy/wN9meoNq05qNkZLqE+0bjB
        +BVUjVIuHM7mO3M=
        -----END PRIVATE KEY-----
        """

    /// An RSA key that is restricted to PSS.
    static let rsaPSS = """
        -----BEGIN PRIVATE KEY-----
        MIIEvAIBADALBgkqhkiG9w0BAQoEggSoMIIEpAIBAAKCAQEApjnyKYOcHWuPGrYa
        SECJPeQeFdolsTWkoodO8DpngJAnvn2i9gjElX2/tKVvHhckEFn7okpYzMSgZQqU
        XXHrRtab2Kxd6EGuSJyeylh2Vj3NXfWTSb9mBgFaqpbDmnmD+xthvoicmY9LHUmj
        854efinztCX2mKCTU0PfIsSzjrbCv+yPyBiGcpNKMh9NUCqORhYjfKwRYQ7VCouA
        LBUNo5XykEeNdVkVUT+lxInVvKUJQZ2oXNpwMcyNQGcBkzin9C3TNXS9QIU+j4VN
        PCJPfLoTzUHolPcjQ+MJPTs3fIx35JrhXXnYuaYQ71LRn7An7gvd3uNBB+aRA22H
        s371cwIDAQABAoIBAB49a28e+L8napzG5SggyXbfcZOzIGlJI37H09YDIgIy93AB
        pixRMwYpHr+L2xejyRVKcWs4UEhMOwu2rYAEcfNspmR4EwtmK4EdMQwJpNmSm7JM
        szNW5QYRp/9htwr6sUZ02EbTzn1nIpic5X0z1kNIeYPb5i0lBThAIC9QjoPXM1Fu
        p4Dd7v5HO9Ks3ZSfEgeARJACKBhD27vFNYY8nJzEi0uz45UnJfv64B7wU38cfaOh
        lo0JvOOJWIcFIrcbs2L5u4mOdVstwOKHeQxITU0OYbusxmM+hkHqBKlqvJHfU3sf
        IPhNGo81RY6jvMqWuCFm5T8vjGlRJeuUeYs1bdECgYEA47YGUX1RHY//kNRL1o6s
        5AY8cJlFcQAAT2kewg07wcoB6g2Or5u02I+El6R1eUask7OV4RhT0IGSaCf+Bj+g
        yz0RijYOsMQTDLfqjxCVXln57H2aWif28dGOSRg1yAJnaclJuGWvaDO4ZSGS2fdp
        QMlGh0/1HC01je3VCFjr75ECgYEAuuCAf+Y81Ra0ye8iP/sj1WrXeZ3Trjrx5lv0
        DYvvNjKvCG4gY0P8yPHaOvk84Vd4RtQ/7HyYBIaZPjhxXIvqhM4avSeuIdZLF8Il
        cIsX7a6KSOnjRMbBcPDOVYxYwgNf5DzHX0hqpSpzVuJCkoclOudAxEoNbTUDHawr
        nvpm2sMCgYBvWFxykGKPoBAJk6WZvp5PybTYIjpQbP251t8RaEMmGU8iUYrJ18tw
        cY0WUXaX3LUabCAHt0uUkycyAww1pftMJgpjmNdKHDZsa6ooVqWTQ0/wEeLd3tjj
        meKHX2085eAHXEPOBPrmaxPpb6dNKauv4Du6gqCKLJkZU4ht0n1b4QKBgQCGi/bY
        nxrzTMrTjPG64QVWtfr3m/N5QQVDFrdrPXH4Mpuk1S1KavvIbaDyztnPYFu/mzd+
        ++GzeHlCu/6aZD5wabgEsloEELa2H1k3Y13SCdWUU5kGvpctyqK0Iz0QSr+yozPk
        XU4zJpIuXu8Rcm4Sr8cIzExIcV+R8JDjgGOnYwKBgQDeFqiT5fZYIL/v3VdYXGEz
        jJ6HIpSiektNi3WBOEMVn9dJOwesjwPjFLZVTD3Y8VhF+jLRg5rjMnq39E06jU1z
        K8QD1vsnub08lnCgPNX9GbyGg42ESr19YNnlnlRRfGiksoiC8xN+y801p4Me+PCw
        gYAzXnESdZ1hAXYgctgZcA==
        -----END PRIVATE KEY-----
        """

    /// The P-256 key as a JSON Web Key.
    static let jsonWebKey = """
        {"kty":"EC","crv":"P-256","x":"hDUpxu41gAVMZZgXT_0sLOkaBjWXw4wfHSVWKrPf_i8",\
        "y":"j-SvIHFp6Toas98hcB3UiIlsq_bdNKTxGP_YQobM8PU","d":"ButMmKA1afW2YZRVjvRvw55vvCkw9fmlIYM-UgXeCdM"}
        """
}
